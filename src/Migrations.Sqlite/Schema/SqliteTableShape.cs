using Migrations.Sql;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>How the rows of a table are read and written so that nothing of them is lost.</summary>
internal sealed record SqliteTableShape
{
    /// <summary>The table.</summary>
    public required string Name { get; init; }

    /// <summary>The columns that hold values: not those that are computed.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Whether it has columns that are computed, so that an INSERT must name the others.</summary>
    public bool HasComputed { get; private init; }

    /// <summary>A name by which the rowid is reached where no column holds it; null otherwise.</summary>
    public string? RowidName { get; private init; }

    /// <summary>
    /// What puts rows into their own order: the rowid, or the primary key of a table without one. Empty when it has neither.
    /// </summary>
    public string Order { get; private init; } = "";

    /// <summary><see cref="Order"/> from the other end.</summary>
    public string Backwards =>
        string.Join(
            ", ",
            SqliteTokenCursor
                .SplitAtCommas(SqliteTokenCursor.Read(Order))
                .Select(term =>
                    string.Join(
                        ' ',
                        (term[^1].Is("DESC") ? term.SkipLast(1) : term.Append(new SqliteToken(SqlTokenKind.Word, "DESC"))).Select(t =>
                            t.Text
                        )
                    )
                )
        );

    /// <summary>Whether rows are found by a number: the rowid, or the column that stands for it.</summary>
    public bool HasRowid { get; private init; }

    /// <summary>What a SELECT and an INSERT list: the rowid, where no column holds it, and the columns.</summary>
    public string List => string.Join(", ", (RowidName is null ? [] : new[] { RowidName }).Concat(Columns.Select(SqliteNames.Quote)));

    /// <summary>How many values <see cref="List"/> has.</summary>
    public int Values => Columns.Count + (RowidName is null ? 0 : 1);

    /// <summary>The table's name in quotes.</summary>
    public string Quoted => SqliteNames.Quote(Name);

    /// <summary>Reads it.</summary>
    /// <exception cref="SqliteFailure">A virtual table's module is not there.</exception>
    public static SqliteTableShape Read(SqliteHandle handle, SqliteSchemaItem item)
    {
        var (columns, all) = (new List<string>(), new HashSet<string>(SqliteNames.Comparer));
        using (var rows = handle.Prepare($"PRAGMA main.table_xinfo({SqliteNames.Quote(item.Name)})"))
        {
            while (rows.Step())
            {
                all.Add(rows.Text(1)!);
                if (rows.Int64(6) == 0)
                    columns.Add(rows.Text(1)!);
            }
        }

        var shape = new SqliteTableShape
        {
            Name = item.Name,
            Columns = columns,
            HasComputed = all.Count > columns.Count,
        };
        return item.IsPlainTable && item.Sql is not null ? shape.WithKey(SqliteTableReader.Read(item.Sql), all) : shape;
    }

    /// <summary>An INSERT with a parameter for each value.</summary>
    public string Insert =>
        $"INSERT INTO main.{Quoted} ({List}) VALUES ({string.Join(",", Enumerable.Range(1, Values).Select(i => "?" + i))})";

    private SqliteTableShape WithKey(SqliteTableText text, HashSet<string> columns)
    {
        var key = text.Constraints.Find(c => c.Kind == SqliteConstraintKind.PrimaryKey);
        if (text.WithoutRowid)
            return this with { Order = key!.Text["PRIMARY KEY (".Length..^1] };
        var isAlias =
            key is { Columns.Count: 1 }
            && !key.Tail.EndsWith("NOT ROWID", StringComparison.Ordinal)
            && text.Columns.Exists(c => c.Type is "INTEGER" && SqliteNames.Comparer.Equals(SqliteNames.Fold(c.Name), key.Columns[0]));
        if (isAlias)
            return this with { Order = key!.Columns[0], HasRowid = true };
        var rowid = Array.Find(["rowid", "_rowid_", "oid"], name => !columns.Contains(name));
        return this with { RowidName = rowid, Order = rowid ?? "", HasRowid = rowid is not null };
    }
}
