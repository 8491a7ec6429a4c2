using System.Diagnostics;
using Migrations.Backup;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Copies a database, as one snapshot, into a new file of its own, or over another database.</summary>
internal static class SqliteFileCopy
{
    // Some milliseconds of work: how soon cancelling is heard, and how often progress is reported.
    private const int PagesPerStep = 1000;

    // Where the header says how the file is written and read: 1 with a rollback journal, 2 with a write-ahead log
    // (https://sqlite.org/fileformat2.html#file_format_version_numbers).
    private const int WriteVersionOffset = 18;

    /// <summary>Makes a new, empty file that only its owner may read.</summary>
    /// <exception cref="IOException">It exists, or cannot be made.</exception>
    public static void CreateFile(string path) => OwnerOnly.CreateFile(path).Dispose();

    /// <summary>
    /// Copies into an empty file. The result is one file with a rollback journal, whatever the source's mode; nothing in it is flushed to
    /// disk yet.
    /// </summary>
    /// <param name="source">The source, with a read transaction open.</param>
    /// <param name="path">The empty file.</param>
    /// <param name="progress">Receives how many bytes are copied.</param>
    /// <param name="cancellationToken">Stops it between two steps.</param>
    /// <exception cref="SqliteFailure">A page cannot be read or written.</exception>
    public static void ToFile(SqliteHandle source, string path, WorkProgress progress, CancellationToken cancellationToken)
    {
        using (var file = SqliteHandle.Open(source.Api, path, SqliteHandle.OpenReadWrite))
        {
            // The file is thrown away when anything goes wrong, and flushed once when all is in it.
            file.Execute("PRAGMA synchronous=0");
            file.Execute("PRAGMA journal_mode=OFF");
            file.Execute("PRAGMA locking_mode=EXCLUSIVE");
            Over(source, file, progress, cancellationToken);
        }

        SetWalMode(path, isOn: false);
    }

    /// <summary>Says in a file's header whether it is written with a write-ahead log. No one else has it open.</summary>
    public static void SetWalMode(string path, bool isOn)
    {
        using var header = new FileStream(path, FileMode.Open, FileAccess.Write);
        if (header.Length <= WriteVersionOffset)
            return;
        header.Position = WriteVersionOffset;
        header.Write(isOn ? [2, 2] : [1, 1]);
    }

    /// <summary>Copies over an open database, in one transaction of it.</summary>
    /// <exception cref="SqliteFailure">A page cannot be read or written, or other connections keep the destination for too
    /// long.</exception>
    public static void Over(SqliteHandle source, SqliteHandle destination, WorkProgress progress, CancellationToken cancellationToken)
    {
        var pageSize = source.QueryInt64("PRAGMA page_size") ?? 0;
        using var copy = new SqlitePageCopy(source, destination);
        var waiting = new Stopwatch();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (!copy.Step(PagesPerStep))
                    return;
                waiting.Reset();
                progress.Report((copy.Pages - copy.Remaining) * pageSize, copy.Pages * pageSize);
            }
            catch (SqliteFailure e)
                when (e.PrimaryCode is SqliteCodes.Busy or SqliteCodes.Locked && waiting.Elapsed < destination.Watch.BusyTimeout)
            {
                waiting.Start();
                Thread.Sleep(5);
            }
        }
    }
}
