using Migrations.Databases;
using Migrations.History;

namespace Migrations.Planning;

/// <summary>Determines the state of each migration. Pure.</summary>
public static class StatusBuilder
{
    /// <summary>
    /// One status for each migration of the folder, then one for each applied migration whose file is gone, in the order of versions.
    /// </summary>
    public static IReadOnlyList<MigrationStatus> Build(PlanningInput input, DatabaseTarget target, string folder, string? service)
    {
        // Once a squash is recorded, what it replaces is no longer of interest.
        var folded = input.Squashes.Where(u => u.IsComplete && input.RecordOf(u.Record) is { IsApplied: true }).ToList();
        var statuses = input
            .Migrations.Where(m => !folded.Exists(u => u.Names.Contains(m.FullName)))
            .Select(m => Of(input, m, target, folder, service))
            .ToList();
        var replaced = input
            .Squashes.Except(folded)
            .SelectMany(u => u.Applied)
            .Where(r => input.Match.FileOf(r) is null)
            .Select(r => OfRecord(r, target, folder, service) with { State = MigrationState.Applied });
        foreach (var status in input.Missing.Select(r => OfRecord(r, target, folder, service)).Concat(replaced))
        {
            // A squash has the version of the last migration that it replaces, and comes behind it.
            var place = status.Version is null
                ? -1
                : statuses.FindIndex(s =>
                    s.Version is null
                    || s.Version > status.Version
                    || (s.Version == status.Version && status.State == MigrationState.Applied)
                );
            statuses.Insert(place < 0 ? statuses.Count : place, status);
        }

        return statuses;
    }

    /// <summary>Where the database stands.</summary>
    public static DatabaseStatus Summarize(
        IReadOnlyList<MigrationStatus> statuses,
        HistoryView history,
        DatabaseTarget target,
        string folder,
        string? service,
        DatabaseInfo info,
        LockHolder? holder
    )
    {
        int Count(params MigrationState[] states) => statuses.Count(s => states.Contains(s.State));
        return new DatabaseStatus
        {
            Database = target.Display,
            Target = target,
            Path = folder,
            Engine = info.Engine,
            EngineVersion = info.EngineVersion,
            Service = service,
            Total = statuses.Count(s => s.State != MigrationState.NotHere),
            Applied = Count(MigrationState.Applied, MigrationState.Changed, MigrationState.Missing),
            Pending = Count(MigrationState.Pending, MigrationState.RolledBack, MigrationState.OutOfOrder, MigrationState.Failed),
            Failed = Count(MigrationState.Failed),
            Current = history.HighestApplied,
            Healthy = statuses.All(IsHealthy),
            LockedBy = holder?.ToString(),
            LastRun = history.LastRun,
            Stamp = history.Stamp,
        };
    }

    /// <summary>A repeatable whose file is gone asks for nothing.</summary>
    private static bool IsHealthy(MigrationStatus status) =>
        status.Error is null
        && !status.IsRenumbered
        && status.State switch
        {
            MigrationState.Failed or MigrationState.Changed or MigrationState.OutOfOrder => false,
            MigrationState.Missing => status.Version is null,
            _ => true,
        };

    private static MigrationStatus Of(PlanningInput input, Migration migration, DatabaseTarget target, string folder, string? service)
    {
        var record = input.RecordOf(migration);
        var applied = record?.Applied;
        var state = StateOf(input, migration, record);
        var other = input.Match.Renamed.Concat(input.Match.Replaced).FirstOrDefault(r => r.Migration.Key == migration.Key);
        return new MigrationStatus
        {
            Database = target.Display,
            Target = target,
            Service = service,
            Version = migration.Version,
            Name = migration.FullName,
            Description = migration.Header.Description,
            SemanticVersion = migration.Header.SemanticVersion,
            Kind = migration.Kind,
            State = state,
            HasUndo = migration.HasUndo,
            IsIrreversible = migration.IsIrreversible,
            UndoVerdict = input.VerdictOf(migration),
            AppliedAt = record?.FirstApplied?.AppliedAt,
            AppliedBy = record?.FirstApplied?.AppliedBy,
            Duration = DurationOf(record?.FirstApplied),
            RowsAffected = record?.FirstApplied?.RowsAffected,
            Checksum = migration.Up.Checksum is { Length: > 0 } checksum ? checksum : null,
            RecordedAs = other?.Record.Name,
            IsRenumbered = applied is not null && other is { IsRenumbered: true },
            Change = applied is null ? ScriptChange.None : input.ChangeOf(migration.Key),
            // What failed elsewhere is not wrong here.
            Error = state == MigrationState.NotHere ? null : record?.Failure?.ErrorMessage,
            OpenForeignKeys = input.OpenForeignKeys.GetValueOrDefault(migration.Key) ?? [],
            AdoptedFrom = AdoptionNote.Of(record?.FirstApplied)?.Tool,
            AdoptionProof = AdoptionNote.Of(record?.FirstApplied)?.Proof,
            ForeignHistory = input.ForeignHistory,
            Path = folder,
            File = migration.Up.File,
        };
    }

    private static MigrationStatus OfRecord(HistoryRecord record, DatabaseTarget target, string folder, string? service) =>
        new()
        {
            Database = target.Display,
            Target = target,
            Service = service,
            Version = record.Version,
            Name = record.Name,
            Description = record.Applied?.Description,
            SemanticVersion = record.Applied?.SemanticVersion,
            Kind = record.Applied?.Kind ?? MigrationKind.Sql,
            State = MigrationState.Missing,
            HasUndo = false,
            AppliedAt = record.FirstApplied?.AppliedAt,
            AppliedBy = record.FirstApplied?.AppliedBy,
            Duration = DurationOf(record.FirstApplied),
            RowsAffected = record.FirstApplied?.RowsAffected,
            Checksum = record.Applied?.Checksum,
            Error = record.Failure?.ErrorMessage,
            AdoptedFrom = AdoptionNote.Of(record.FirstApplied)?.Tool,
            AdoptionProof = AdoptionNote.Of(record.FirstApplied)?.Proof,
            Path = folder,
        };

    private static TimeSpan? DurationOf(JournalEntry? entry) =>
        entry?.ExecutionTimeMs is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;

    private static MigrationState StateOf(PlanningInput input, Migration migration, HistoryRecord? record)
    {
        if (record is { IsApplied: true } && !input.IsPending(migration))
            return input.ChangeOf(migration.Key) == ScriptChange.Statement ? MigrationState.Changed : MigrationState.Applied;
        if (!input.RunsHere(migration))
            return MigrationState.NotHere;
        if (record?.Failure is { Direction: MigrationDirection.Up })
            return MigrationState.Failed;
        // Where another migration took the version, that is what is wrong, whatever the order.
        if (input.IsOutOfOrder(migration) && !input.Match.Replaced.Any(r => r.Migration.Key == migration.Key))
            return MigrationState.OutOfOrder;
        return record is { RolledBack: true } ? MigrationState.RolledBack : MigrationState.Pending;
    }
}
