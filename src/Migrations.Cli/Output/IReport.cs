using Migrations.Adoption;
using Migrations.Configuration;
using Migrations.Events;
using Migrations.Fleet;
using Migrations.History;
using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Cli.Output;

/// <summary>Where results, events and errors go: lines for people, or JSON for programs.</summary>
internal interface IReport : IEventSink
{
    /// <summary>Where schemas, checks and rehearsals go.</summary>
    IIntegrityReport Integrity { get; }

    /// <summary>Where what scripts do goes that are no migrations.</summary>
    IScriptReport Scripts { get; }

    void Status(DatabaseTarget target, IReadOnlyList<MigrationStatus> statuses);

    void Summary(DatabaseStatus status);

    /// <summary>Events of the history: all, or those that a filter chose.</summary>
    void History(DatabaseTarget target, IReadOnlyList<JournalEntry> entries, bool isFiltered);

    /// <summary>How long migrations took.</summary>
    void Profile(DatabaseTarget target, IReadOnlyList<MigrationProfile> profiles);

    /// <summary>What a run would do, and what would be lost by it.</summary>
    void Plan(DatabaseTarget target, MigrationPlan plan, ISqlDialect dialect, string? service, IReadOnlyList<StepLoss> losses);

    /// <summary>What a run did.</summary>
    void Run(DatabaseTarget target, MigrationDirection direction, IReadOnlyList<MigrationResult> results, TimeSpan elapsed);

    void Repairs(DatabaseTarget target, IReadOnlyList<RepairResult> repairs, bool whatIf);

    /// <summary>What was, or would be, recorded as applied without running.</summary>
    void Baseline(DatabaseTarget target, IReadOnlyList<MigrationStatus> recorded, bool whatIf);

    /// <summary>What clearing a database did, or would do.</summary>
    void Cleared(ClearResult result);

    /// <summary>What of another tool's history was, or would be, taken over.</summary>
    void Adoption(AdoptionResult result);

    /// <summary>What taking an adoption back did, or would do.</summary>
    void AdoptionUndo(AdoptionUndoResult result);

    /// <summary>How many of several databases or services were completed.</summary>
    void Fleet(string summary);

    /// <summary>The results of all shards of a fleet.</summary>
    void Merged(FleetSummary summary);

    /// <summary>The same for one of several databases that are worked on at once: complete, its page can be shown.</summary>
    IReport On(Terminal page);

    /// <summary>The settings in force.</summary>
    void Configuration(IReadOnlyList<ConfigurationEntry> entries);

    void Created(IReadOnlyList<string> files, bool whatIf);

    /// <summary>Where what became of backups goes.</summary>
    IBackupReport Backups { get; }

    /// <summary>Where copies and comparisons of rows go.</summary>
    ITransferReport Transfers { get; }

    /// <summary>A failure, and what had been done before it.</summary>
    void Failure(DatabaseTarget? target, Exception exception);

    /// <summary>The end of the call.</summary>
    void Complete();
}
