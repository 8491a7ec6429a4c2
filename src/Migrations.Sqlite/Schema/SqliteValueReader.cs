using System.Globalization;
using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Reads what the tables of a scratch file hold, so that it can be compared later: columns by their names, not by their places, and
/// without the rowid, which a rebuild
/// may give out again. A virtual table shows its content itself.
/// </summary>
internal static class SqliteValueReader
{
    private const int RowsBetweenQuestions = 1000;

    /// <summary>Reads them, the history left out.</summary>
    /// <exception cref="SqliteFailure">A table cannot be read.</exception>
    public static IReadOnlyList<TableValues> Read(
        SqliteHandle handle,
        string historyTable,
        bool digests,
        CancellationToken cancellationToken
    ) =>
        SqliteSnapshot.Read(
            handle,
            () =>
                (IReadOnlyList<TableValues>)
                    [
                        .. SqliteSchemaItem
                            .Read(handle)
                            .Where(i => i is { Type: "table", IsInternal: false } && !i.BelongsTo(historyTable))
                            .OrderBy(t => t.Name, StringComparer.Ordinal)
                            .Select(t => Read(handle, t, digests, cancellationToken)),
                        .. digests ? Pragmas(handle) : [],
                    ]
        );

    /// <summary>
    /// Whether full-text indexes find what their tables hold: where the text is kept elsewhere, an index does not follow it by itself (<see
    /// href="https://sqlite.org/fts5.html#the_integrity_check_command"/>). One that did not find it before is not compared.
    /// </summary>
    public static IEnumerable<TableValues> ReadIndexes(SqliteHandle handle)
    {
        foreach (var table in SqliteSchemaItem.Read(handle).Where(i => i.Module is "fts5" or "fts4").ToList())
        {
            var name = SqliteNames.Quote(table.Name);
            var (columns, values) = table.Module is "fts5" ? (", rank", ", 1") : ("", "");
            if (table.Module is "fts5")
                yield return Settings(handle, table.Name);
            var isSound = IsDone(handle, $"INSERT INTO main.{name}({name}{columns}) VALUES('integrity-check'{values})");
            yield return new TableValues(
                $"the full-text index {SqliteNames.Show(table.Name)}",
                0,
                isSound ? "sound" : null,
                isSound ? [1] : []
            )
            {
                IsOther = true,
            };
        }
    }

    // How results are ranked, and when parts of the index are merged, is kept in a table of its own, but for what holds anyway:
    // https://sqlite.org/fts5.html#special_insert_commands
    private const string FullTextDefaults =
        "('automerge', 4), ('crisismerge', 16), ('deletemerge', 10), ('usermerge', 4), ('pgsz', 4050), ('secure-delete', 0), "
        + "('rank', 'bm25'), ('rank', 'bm25()')";

    private static TableValues Settings(SqliteHandle handle, string table)
    {
        var settings = new List<string>();
        using var rows = handle.Prepare(
            $"SELECT k, v FROM main.{SqliteNames.Quote(table + "_config")} WHERE k <> 'version' "
                + $"AND (k, v) NOT IN (VALUES {FullTextDefaults}) ORDER BY k"
        );
        while (rows.Step())
            settings.Add($"{rows.Text(0)} = {rows.Text(1)}");
        return new TableValues(
            $"the settings of the full-text index {SqliteNames.Show(table)}",
            settings.Count,
            string.Join('\n', settings),
            [.. settings.Select(s => (long)s.GetHashCode(StringComparison.Ordinal))]
        )
        {
            IsOther = true,
        };
    }

    private static bool IsDone(SqliteHandle handle, string command)
    {
        try
        {
            handle.Execute(command);
            return true;
        }
        catch (SqliteFailure)
        {
            return false;
        }
    }

    private static IEnumerable<TableValues> Pragmas(SqliteHandle handle) =>
        SqliteFileSettings
            .OwnNumbers.Select(p => (Name: p, Value: handle.QueryInt64("PRAGMA main." + p) ?? 0))
            .Select(p => new TableValues("PRAGMA " + p.Name, 0, p.Value.ToString(CultureInfo.InvariantCulture), [p.Value])
            {
                IsOther = true,
            });

    private static TableValues Read(SqliteHandle handle, SqliteSchemaItem table, bool digests, CancellationToken cancellationToken)
    {
        var name = SqliteNames.Show(table.Name);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return digests
                ? Digest(handle, table, name, cancellationToken)
                : new TableValues(name, handle.QueryInt64($"SELECT count(*) FROM main.{SqliteNames.Quote(table.Name)}"));
        }
        catch (SqliteFailure e) when (table.Module is not null && e.PrimaryCode is SqliteCodes.Error or SqliteCodes.Corrupt)
        {
            // Its module is not there, or what it points to is gone: nothing in it can be compared.
            cancellationToken.ThrowIfCancellationRequested();
            return new TableValues(name, Rows: null);
        }
    }

    private static TableValues Digest(SqliteHandle handle, SqliteSchemaItem table, string name, CancellationToken cancellationToken)
    {
        using var rows = handle.Prepare($"SELECT {Columns(handle, table)} FROM main.{SqliteNames.Quote(table.Name)}");
        using var digest = new RowDigest();
        var (count, columns, hashes) = (0L, rows.Columns, new List<long>());
        while (rows.Step())
        {
            var hash = digest.Add(rows, columns);
            if (++count <= TableValues.MostHashes)
                hashes.Add(hash);
            if (count % RowsBetweenQuestions == 0)
                cancellationToken.ThrowIfCancellationRequested();
        }

        return new TableValues(name, count, digest.ToString(), count <= TableValues.MostHashes ? hashes : null);
    }

    private static string Columns(SqliteHandle handle, SqliteSchemaItem table)
    {
        var names = new List<string>();
        using (var rows = handle.Prepare($"PRAGMA main.table_xinfo({SqliteNames.Quote(table.Name)})"))
        {
            // A virtual table's hidden columns are no values of it, and computed ones follow from the others
            // (https://sqlite.org/pragma.html#pragma_table_xinfo).
            while (rows.Step())
            {
                if (rows.Int64(6) == 0)
                    names.Add(rows.Text(1)!);
            }
        }

        var list = names.OrderBy(SqliteNames.Fold, StringComparer.Ordinal).Select(SqliteNames.Quote);
        // A full-text table shows no number of its own, and may have no other value that can be read.
        return string.Join(", ", table.Module?.StartsWith("fts", StringComparison.Ordinal) == true ? list.Prepend("rowid") : list);
    }
}
