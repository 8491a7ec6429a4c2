using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Fills a scratch file from the database that it stands for.</summary>
internal static class SqliteScratchFiller
{
    /// <summary>Fills it with all of the database, or with its schema and history.</summary>
    public static async Task FillAsync(
        DatabaseTarget origin,
        DatabaseTarget scratch,
        ScratchRequest request,
        CancellationToken cancellationToken
    )
    {
        using var source = await SqliteOpening
            .OpenAsync(origin, request.Session with { Access = SessionAccess.Read }, cancellationToken)
            .ConfigureAwait(false);
        _ = await SqliteCalls
            .Call(source, origin, () => Fill(source, scratch, request, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
    }

    private static bool Fill(SqliteHandle source, DatabaseTarget scratch, ScratchRequest request, CancellationToken cancellationToken)
    {
        var path = SqliteTarget.PathOf(scratch);
        SqliteFileCopy.CreateFile(path);
        SqliteSnapshot.Begin(source);
        if (request.Content == ScratchContent.Data)
        {
            SqliteFileCopy.ToFile(
                source,
                path,
                new WorkProgress(request.Session.Events, $"Copying {scratch.Database}", "bytes"),
                cancellationToken
            );
            return true;
        }

        using var file = SqliteHandle.Open(source.Api, path, SqliteHandle.OpenReadWrite);
        file.Watch.Token = cancellationToken;
        file.Execute("PRAGMA synchronous=0");
        file.Execute("PRAGMA journal_mode=MEMORY");
        foreach (var pragma in SqliteFileSettings.Read(source))
            file.Execute(pragma);
        file.Execute("BEGIN");
        CopySchema(source, file, request.Session.HistoryTable);
        foreach (var pragma in SqliteFileSettings.ReadNumbers(source))
            file.Execute(pragma);
        file.Execute("COMMIT");
        return true;
    }

    // A virtual table makes its own tables, so theirs are left out.
    private static void CopySchema(SqliteHandle source, SqliteHandle file, string historyTable)
    {
        var items = SqliteSchemaItem.Read(source).Where(i => i.Sql is not null && !i.IsInternal).ToList();
        foreach (var item in items.Where(i => i.Type is "table"))
            file.Execute(item.Sql!);
        if (items.Find(i => i.IsPlainTable && i.BelongsTo(historyTable)) is { } history)
            SqliteRowCopy.Copy(source, file, SqliteTableShape.Read(source, history));
        foreach (var item in items.Where(i => i.Type is not "table").OrderBy(i => i.Type is "trigger"))
            file.Execute(item.Sql!);
    }
}
