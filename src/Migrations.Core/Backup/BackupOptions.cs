using Migrations.Configuration;
using Migrations.Databases;

namespace Migrations.Backup;

/// <summary>How backups are made, proven and restored, whichever they are.</summary>
public sealed record BackupOptions
{
    /// <summary>
    /// How sessions connect, which tables are the history's, and where progress goes. Their access is chosen by each call.
    /// </summary>
    public SessionOptions Session { get; init; } = new();

    /// <summary>Another server on which scratch databases are made; null for the database's own.</summary>
    public DatabaseTarget? ScratchServer { get; init; }

    /// <summary>
    /// Whether code in a backup that cannot be seen into may run while it is restored or proven: a function that executes a text which it
    /// puts together, used by an index, a check, an event trigger. Any other backup than one's own may do anything by it that the role may;
    /// what visibly reaches beyond the database (programs, files, other servers) is refused all the same.
    /// </summary>
    public bool AcceptUnseenCode { get; init; }

    /// <summary>
    /// Which stamp the database may have that a restore replaces. The restored one has the same; without one that of the environment.
    /// </summary>
    public ExpectedStamp Stamp { get; init; } = ExpectedStamp.Any;

    /// <summary>The clock that names backups and dates proofs.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How sessions on a restored backup connect: its history may have another name.</summary>
    internal SessionOptions SessionFor(DatabaseBackup backup) =>
        Session with
        {
            HistoryTable = backup.Manifest?.HistoryTable ?? Session.HistoryTable,
            HistorySchema = backup.Manifest is { } manifest ? manifest.HistorySchema : Session.HistorySchema,
        };
}
