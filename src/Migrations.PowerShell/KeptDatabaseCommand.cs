using System.Management.Automation;
using Migrations.Backup;
using Migrations.Configuration;
using Migrations.Databases;

namespace Migrations.PowerShell;

/// <summary>What the cmdlets share that work on the backups of a folder, and on the databases that restores kept.</summary>
public abstract class KeptDatabaseCommand : ConfiguredCommand
{
    /// <summary>
    /// The databases whose restores may have kept databases on their server, besides what is in the folder. PostgreSQL only.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Database { get; set; }

    /// <summary>The user name and password for the server of <c>-Database</c>.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    private protected override IEnumerable<string> Connections => Database ?? [];

    private protected override (IDatabaseDriver Driver, DatabaseTarget Target) Resolve(string text)
    {
        var database = base.Resolve(text);
        return Credential is null
            ? database
            : (database.Driver, database.Driver.WithCredential(database.Target, Credential.GetNetworkCredential()));
    }

    /// <summary>The databases that restores have kept of those that the call names; none when it names none.</summary>
    private protected IReadOnlyList<DatabaseBackup> ListKept()
    {
        var choice = Choice(Database ?? [], folder: null);
        // An environment alone, of several services, says which folder is meant and no database.
        if (choice is { Databases.Count: 0, Services.Count: 0 } && (choice.Environment is null || Configured is { Services.Count: > 1 }))
            return [];
        var resolved = new DatabaseSelector(Configured, choice)
            .NamedDatabases()
            .Select(d =>
                string.Equals(d.BaseFolder, Paths.CurrentFolder, StringComparison.Ordinal)
                    ? Resolve(d.Database)
                    : DatabaseDrivers.Resolve(d.Database, d.BaseFolder)
            )
            .DistinctBy(d => d.Target.Display, StringComparer.Ordinal)
            .ToList();
        return Run(
            async (events, token) =>
            {
                var kept = new List<DatabaseBackup>();
                foreach (var (driver, target) in resolved)
                    kept.AddRange(
                        await new KeptDatabases(driver, target, new SessionOptions { Events = events })
                            .ListAsync(token)
                            .ConfigureAwait(false)
                    );
                return kept;
            }
        );
    }

    /// <summary>Removes a backup, or drops a kept database.</summary>
    private protected void Remove(DatabaseBackup backup)
    {
        if (backup is not { IsDatabase: true, Target: { } target })
        {
            BackupCatalogue.Remove(backup);
            return;
        }

        Run(
            async (events, token) =>
            {
                await new KeptDatabases(DatabaseDrivers.Of(target), target, new SessionOptions { Events = events })
                    .RemoveAsync(backup, token)
                    .ConfigureAwait(false);
                return backup;
            }
        );
    }
}
