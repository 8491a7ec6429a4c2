using Migrations.Events;

namespace Migrations.Sqlite;

/// <summary>The program that replicates an SQLite file while it is written (<see href="https://litestream.io/how-it-works/"/>).</summary>
internal static class Litestream
{
    /// <summary>
    /// Warns where it replicates a file that is now another one: it keeps the file open, so that one that runs goes on with the pages of
    /// the old file and the log of the new one.
    /// </summary>
    /// <param name="path">The file's real path.</param>
    /// <param name="target">The database.</param>
    /// <param name="events">Who is warned.</param>
    public static void Warn(string path, DatabaseTarget target, IEventSink events)
    {
        var state = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}-litestream");
        if (Directory.Exists(state))
            events.Publish(
                new WarningRaised(
                    $"Litestream replicates '{target.Display}', which is a new file now. If it is running, it still has the old "
                        + $"file open, and its replica becomes a mix of both: stop it, remove '{state}', and start it again."
                )
            );
    }
}
