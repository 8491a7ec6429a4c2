using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;
using Migrations.Generating;

namespace Migrations.PowerShell;

/// <summary>What the cmdlets share that have migrations written, and proven, for the user.</summary>
public abstract class GeneratingCommand : ConfiguredCommand
{
    /// <summary>How the folder is read, and scratch databases are made.</summary>
    private protected MigratorOptions OptionsOf(
        MigrationLayout? layout,
        ConfigurationSettings settings,
        VariableSet? variables,
        IEventSink events
    ) =>
        new()
        {
            Environment = Environment,
            Service = Service is [var one] ? one : null,
            Folder = new FolderOptions { Layout = layout ?? settings.Layout?.Value, Variables = variables },
            Session = SessionOptions.Of(settings) with { Events = events },
        };

    /// <summary>The database that says what kind is meant.</summary>
    /// <param name="database">The one that the call names; null without one.</param>
    /// <param name="selector">Finds the others.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: no database is named.</exception>
    private protected (IDatabaseDriver Driver, DatabaseTarget Target) KindOf(string? database, DatabaseSelector selector)
    {
        if (database is not null)
            return Resolve(database);
        return selector.Databases() is [var first, ..]
            ? DatabaseDrivers.Resolve(first.Database, first.BaseFolder)
            : throw new MigrationException(
                ErrorId.UsageInvalid,
                "No database is named, so the kind of database cannot be determined.",
                "Specify one of the right kind with -Database; a file need not exist."
            );
    }

    /// <summary>Fails, after the objects, where something was not written.</summary>
    private protected void Judge(IReadOnlyList<GeneratedMigration> results)
    {
        var refused = results.Where(r => !r.IsGood).Select(r => $"\n  {r.Name}: {string.Join(' ', r.Reasons)}").ToList();
        if (refused.Count > 0)
            WriteFailure(
                ErrorRecords.Of(
                    new MigrationException(
                        ErrorId.GenerationRefused,
                        $"Not written:{string.Concat(refused)}",
                        "See the properties Reasons and Differences of each result, and write these by hand."
                    ),
                    target: null
                )
            );
    }
}
