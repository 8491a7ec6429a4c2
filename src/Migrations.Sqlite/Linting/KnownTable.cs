namespace Migrations.Sqlite;

/// <summary>A table as far as scripts and the database show it.</summary>
/// <param name="name">Its name in small letters.</param>
/// <param name="madeIn">The run that makes it; null where it was there before, or may have been.</param>
internal sealed class KnownTable(string name, int? madeIn)
{
    /// <summary>Its name in small letters.</summary>
    public string Name { get; set; } = name;

    /// <summary>The name that it was first known by; the database knows it by that as long as the scripts have not run.</summary>
    public string Origin { get; } = name;

    /// <summary>The run that makes it; null where it was there before, or may have been.</summary>
    public int? MadeIn { get; } = madeIn;

    /// <summary>Its CREATE TABLE; null where that is not known.</summary>
    public string? Sql { get; private set; }

    /// <summary>What that says; null where it is not known.</summary>
    public SqliteTableText? Text { get; private set; }

    /// <summary>Whether it is created from a query, and so without keys.</summary>
    public bool IsFromQuery { get; init; }

    /// <summary>The columns that scripts add, with the run.</summary>
    public Dictionary<string, int> AddedIn { get; } = new(SqliteNames.Comparer);

    /// <summary>Names that renames have given to its columns.</summary>
    public HashSet<string> RenamedTo { get; } = new(SqliteNames.Comparer);

    /// <summary>Whether it numbers its rows with AUTOINCREMENT.</summary>
    public bool IsAutoincrement => Text?.Constraints.Exists(c => c.Tail.Contains("AUTOINCREMENT", StringComparison.Ordinal)) == true;

    /// <summary>Takes over its definition.</summary>
    public void Define(string sql) => (Sql, Text) = (sql, SqliteTableReader.Read(sql));

    /// <summary>A column is added to it.</summary>
    /// <param name="definition">The column.</param>
    /// <param name="run">The run.</param>
    public void Add(string definition, int run)
    {
        if (Sql?.LastIndexOf(')') is { } end and >= 0)
            Define(Sql.Insert(end, ", " + definition));
        if (SqliteTableReader.Read($"CREATE TABLE t ({definition})").Columns is [var column, ..])
            AddedIn[column.Name] = run;
    }

    /// <summary>A column is gone, or has another name: what is known of its text no longer holds.</summary>
    /// <param name="column">The column.</param>
    /// <param name="name">Its new name; null where it is gone.</param>
    public void Change(string column, string? name)
    {
        Sql = null;
        if (name is not null)
            RenamedTo.Add(name);
        if (Text?.Columns.FindIndex(c => SqliteNames.Comparer.Equals(c.Name, column)) is { } at and >= 0)
        {
            if (name is null)
                Text.Columns.RemoveAt(at);
            else
                Text.Columns[at] = Text.Columns[at] with { Name = name };
        }

        if (AddedIn.Remove(column, out var run) && name is not null)
            AddedIn[name] = run;
    }

    /// <summary>A column by its name; null where it is not known.</summary>
    public SqliteColumnText? Find(string column) => Text?.Columns.Find(c => SqliteNames.Comparer.Equals(c.Name, column));
}
