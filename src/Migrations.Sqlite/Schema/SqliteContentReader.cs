using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Counts and digests the rows of all tables but SQLite's and modules' own.</summary>
internal static class SqliteContentReader
{
    private const int RowsBetweenQuestions = 1000;

    /// <summary>Reads it in one snapshot: the open transaction, or one of its own.</summary>
    /// <param name="handle">The connection.</param>
    /// <param name="digests">Whether digests are wanted.</param>
    /// <param name="progress">Receives how many tables are read; null when no one wants to know.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="SqliteFailure">A table cannot be read.</exception>
    public static IReadOnlyList<TableContent> Read(
        SqliteHandle handle,
        bool digests,
        WorkProgress? progress,
        CancellationToken cancellationToken
    ) => SqliteSnapshot.Read(handle, () => ReadAll(handle, digests, progress, cancellationToken));

    /// <summary>The tables, none of them read.</summary>
    public static IReadOnlyList<TableContent> Names(SqliteHandle handle) =>
        [.. Tables(handle).Select(t => new TableContent(SqliteNames.Show(t.Name), Rows: null))];

    private static List<TableContent> ReadAll(
        SqliteHandle handle,
        bool digests,
        WorkProgress? progress,
        CancellationToken cancellationToken
    )
    {
        var tables = Tables(handle);
        var contents = new List<TableContent>(tables.Count);
        foreach (var table in tables)
        {
            cancellationToken.ThrowIfCancellationRequested();
            contents.Add(Read(handle, table, digests, cancellationToken));
            progress?.Report(contents.Count, tables.Count);
        }

        return contents;
    }

    private static List<SqliteSchemaItem> Tables(SqliteHandle handle) =>
        [
            .. SqliteSchemaItem
                .Read(handle)
                .Where(i => i is { Type: "table", IsInternal: false })
                .OrderBy(i => i.Name, StringComparer.Ordinal),
        ];

    private static TableContent Read(SqliteHandle handle, SqliteSchemaItem table, bool digests, CancellationToken cancellationToken)
    {
        var name = SqliteNames.Show(table.Name);
        try
        {
            return digests
                ? Digest(handle, table, cancellationToken)
                : new TableContent(name, handle.QueryInt64($"SELECT count(*) FROM main.{SqliteNames.Quote(table.Name)}"));
        }
        catch (SqliteFailure e) when (table.Module is not null && e.PrimaryCode is SqliteCodes.Error or SqliteCodes.Corrupt)
        {
            // Its module is not there, or what it points to is gone: it is reported as not counted.
            cancellationToken.ThrowIfCancellationRequested();
            return new TableContent(name, Rows: null);
        }
    }

    private static TableContent Digest(SqliteHandle handle, SqliteSchemaItem table, CancellationToken cancellationToken)
    {
        // A full-text table shows no number of its own, and may have no other value that can be read.
        var list = table.Module?.StartsWith("fts", StringComparison.Ordinal) == true ? "rowid, *" : "*";
        using var rows = handle.Prepare($"SELECT {list} FROM main.{SqliteNames.Quote(table.Name)}");
        using var digest = new RowDigest();
        var (count, columns) = (0L, rows.Columns);
        while (rows.Step())
        {
            digest.Add(rows, columns);
            if (++count % RowsBetweenQuestions == 0)
                cancellationToken.ThrowIfCancellationRequested();
        }

        return new TableContent(SqliteNames.Show(table.Name), count, digest.ToString());
    }
}
