using Migrations.Backup;
using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Puts a new file in the place of one that is no database, or of none. What lies beside it (a journal, a write-ahead log) goes first:
/// SQLite would apply it to the new file, and bring old pages back without a word (<see href="https://sqlite.org/howtocorrupt.html"/>).
/// </summary>
/// <param name="path">The file, all links resolved.</param>
/// <param name="job">Where the old state is kept.</param>
/// <param name="reached">Called after each step.</param>
/// <param name="isInWalMode">Whether the new file is in WAL mode, as the backup's source was.</param>
internal sealed class SqliteFileReplacement(string path, RestoreJob job, Action<RestoreStep> reached, bool isInWalMode)
{
    private static readonly string[] Companions = ["-journal", "-wal", "-shm"];

    private readonly List<(string From, string To)> _moved = [];

    /// <summary>
    /// Takes a name in the folder for old states: makes an empty file, so that another restore at the same time finds another name.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static string TakeName(RestoreJob job)
    {
        for (var i = 1; ; i++)
        {
            var name = Path.Combine(job.KeepFolder, job.KeepName + (i == 1 ? "" : $"_{i}") + ".db");
            if (Array.Exists(Companions, c => File.Exists(name + c)))
                continue;
            try
            {
                SqliteFileCopy.CreateFile(name);
                return name;
            }
            catch (IOException) when (File.Exists(name))
            {
                // Taken.
            }
        }
    }

    /// <summary>Replaces it.</summary>
    /// <exception cref="IOException">Nothing was changed.</exception>
    public RestoreOutcome Replace(SqliteHandle source, CancellationToken cancellationToken)
    {
        var isThere = File.Exists(path);
        var made = path + ".restoring";
        string? kept = null;
        try
        {
            Write(source, made, cancellationToken);
            reached(RestoreStep.NewWritten);
            kept = TakeName(job);
            Put(made, kept, isThere);
        }
        catch
        {
            MoveBack();
            File.Delete(made);
            if (kept is not null)
                File.Delete(kept);
            throw;
        }

        if (!isThere)
            File.Delete(kept);
        return isThere
            ? new RestoreOutcome(kept, "replaced the file, which was no database")
            : new RestoreOutcome(Kept: null, "written as a new file");
    }

    private void Put(string made, string kept, bool isThere)
    {
        if (isThere)
        {
            File.Copy(path, kept, overwrite: true);
            DiskFlush.Flush(kept);
        }

        reached(RestoreStep.Kept);
        MoveCompanions(kept);
        File.Move(made, path, overwrite: true);
        DiskFlush.FlushFolder(Path.GetDirectoryName(path)!);
        reached(RestoreStep.Renamed);
    }

    private void Write(SqliteHandle source, string made, CancellationToken cancellationToken)
    {
        // Left by a restore that was killed; the lock keeps two from being at work.
        File.Delete(made);
        SqliteFileCopy.CreateFile(made);
        SqliteFileCopy.ToFile(
            source,
            made,
            new WorkProgress(job.Session.Events, $"Restoring {Path.GetFileName(path)}", "bytes"),
            cancellationToken
        );
        if (isInWalMode)
            SqliteFileCopy.SetWalMode(made, isOn: true);
        if (!OperatingSystem.IsWindows() && File.Exists(path))
            File.SetUnixFileMode(made, File.GetUnixFileMode(path));
        DiskFlush.Flush(made);
    }

    private void MoveCompanions(string kept)
    {
        foreach (var companion in Companions.Where(c => File.Exists(path + c)))
        {
            File.Move(path + companion, kept + companion);
            _moved.Add((path + companion, kept + companion));
            reached(RestoreStep.JournalMoved);
        }

        if (_moved.Count == 0)
            return;
        DiskFlush.FlushFolder(job.KeepFolder);
        DiskFlush.FlushFolder(Path.GetDirectoryName(path)!);
    }

    private void MoveBack()
    {
        foreach (var (from, to) in _moved)
            File.Move(to, from);
    }
}
