using Migrations.Databases;
using Migrations.History;
using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Running;

/// <summary>Repairs the history by appending to it, and says what it compared.</summary>
/// <param name="session">The database.</param>
/// <param name="dialect">How its SQL is read.</param>
/// <param name="target">The database as shown to people.</param>
/// <param name="folder">The migration folder.</param>
/// <param name="recorder">Makes the rows.</param>
internal sealed class HistoryRepair(
    IDatabaseSession session,
    ISqlDialect dialect,
    DatabaseTarget target,
    string folder,
    JournalRecorder recorder
)
{
    private readonly List<RepairStep> _steps = [];

    /// <summary>The migration that is to be marked as not applied, and what was compared; null when none is.</summary>
    public (HistoryRecord Record, string Compared)? Forgotten { get; init; }

    /// <summary>What is wrong and would be repaired, in the order of the folder. Changes nothing.</summary>
    /// <exception cref="PlanException">There is nothing to repair; or the folder, or what is named, is not that of the history.</exception>
    public async Task<IReadOnlyList<RepairStep>> PlanAsync(PlanningInput input, RepairRequest request, CancellationToken cancellationToken)
    {
        if (request.AssignService is { } service)
        {
            _steps.AddRange(new ServiceRepair(input, target, folder, recorder).Plan(service, request.Name));
            return Chosen(request);
        }

        if (input.ServiceProblem is { } problem)
            throw problem;
        if (Forgotten is { } forgotten)
        {
            var entry = recorder.Entry(forgotten.Record, MigrationDirection.Down, JournalEvent.Repaired) with
            {
                ErrorMessage = forgotten.Compared,
            };
            Add(entry, forgotten.Record.Version, "Forgotten", forgotten.Compared);
            return Chosen(request);
        }

        var selection = new RepairSelection(input, request);
        if (request.StatementDone is null)
            PlanRenumbered(selection.Renumbered(input));
        foreach (var migration in input.Migrations.Where(selection.Has))
        {
            if (input.RecordOf(migration) is { } record)
                await PlanOneAsync(input, migration, record, request, cancellationToken).ConfigureAwait(false);
        }

        if (request.RemoveMissing)
        {
            foreach (var record in input.Missing.Where(selection.Has))
                PlanForgotten(record);
        }

        if (_steps.Count == 0)
            throw NotNeeded(input);
        return Chosen(request);
    }

    private IReadOnlyList<RepairStep> Chosen(RepairRequest request) =>
        request.Only is { } only ? [.. _steps.Where(s => only.Contains(s.Result.Name, StringComparer.Ordinal))] : _steps;

    /// <summary>Repairs it, all or nothing.</summary>
    public async Task<IReadOnlyList<RepairResult>> RunAsync(PlanningInput input, RepairRequest request, CancellationToken cancellationToken)
    {
        var steps = await PlanAsync(input, request, cancellationToken).ConfigureAwait(false);
        var transaction = await session.BeginRunAsync([], cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            foreach (var entry in steps.Select(s => s.Release).OfType<JournalEntry>().Concat(steps.Select(s => s.Entry)))
                await session.History.AppendAsync(entry, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        return [.. steps.Select(s => s.Result)];
    }

    private static PlanException NotNeeded(PlanningInput input)
    {
        if (input.Match.Replaced.Count > 0)
            return FolderIdentity.Replaced(input, input.Match.Replaced);
        var missing = string.Join(", ", input.Missing.Select(r => r.Name));
        var renumbered = string.Join(", ", input.Match.Renamed.Select(r => $"{r.Migration} (applied as {r.Record.Name})"));
        return new PlanException(
            ErrorId.RepairNotNeeded,
            "There is nothing to repair: no failure is recorded and no applied script was edited."
                + (renumbered.Length == 0 ? "" : $" Renamed; repair it by its new name: {renumbered}.")
                + (missing.Length == 0 ? "" : $" Applied, but without a file: {missing}."),
            missing.Length == 0
                ? Advice.Of($"'{Call.Status}' shows the state of each migration.")
                : $"To remove those without a file from the history: {Call.Repair.With(CallOption.RemoveMissing)}",
            []
        );
    }

    private void PlanRenumbered(IReadOnlyList<RenamedMigration> renumbered)
    {
        foreach (var (migration, record) in renumbered)
        {
            var isSame = string.Equals(record.Applied!.Checksum, migration.Up.Checksum, StringComparison.Ordinal);
            var compared = RepairText.Renamed(migration, record, isSame ? ScriptChange.None : ScriptChange.Cosmetic);
            var entry = recorder.Entry(migration, MigrationDirection.Up, JournalEvent.Repaired) with
            {
                Script = isSame ? null : recorder.StoredText(migration.Up),
                ErrorMessage = compared,
            };
            var release = recorder.Entry(record, MigrationDirection.Down, JournalEvent.Repaired) with { ErrorMessage = compared };
            Add(entry, migration.Version, "Renamed", compared, release);
        }
    }

    private async Task PlanOneAsync(
        PlanningInput input,
        Migration migration,
        HistoryRecord record,
        RepairRequest request,
        CancellationToken cancellationToken
    )
    {
        if (request.StatementDone is { } done)
        {
            PlanDecision(migration, record, done);
            return;
        }

        var checksum = record.Applied?.Checksum;
        // A repeatable that is due runs again anyway; one that was renumbered is recorded as it is now.
        if (record.IsApplied && !input.IsPending(migration) && record.Key == migration.Key)
        {
            await PlanAcceptedAsync(input, migration, record, cancellationToken).ConfigureAwait(false);
            checksum = migration.Up.Checksum;
        }

        if (record.Failure is { } failure)
            PlanCleared(migration, record, failure, checksum);
    }

    private async Task PlanAcceptedAsync(
        PlanningInput input,
        Migration migration,
        HistoryRecord record,
        CancellationToken cancellationToken
    )
    {
        var change = input.ChangeOf(migration.Key);
        var isRenamed = input.Match.Renamed.Any(r => r.Migration.Key == migration.Key);
        if (change == ScriptChange.None && !isRenamed)
            return;
        var differences =
            change == ScriptChange.Statement ? await CompareAsync(migration, record, cancellationToken).ConfigureAwait(false) : [];
        var compared =
            change == ScriptChange.Statement || !isRenamed
                ? RepairText.Accepted(migration, record, change, differences)
                : RepairText.Renamed(migration, record, change);
        var entry = recorder.Entry(migration, MigrationDirection.Up, JournalEvent.Repaired) with
        {
            Script = change == ScriptChange.None ? null : recorder.StoredText(migration.Up),
            ErrorMessage = compared,
        };
        Add(
            entry,
            migration.Version,
            isRenamed && change != ScriptChange.Statement ? "Renamed" : "Changed",
            compared,
            differences: differences
        );
    }

    /// <summary>What differs; null where the applied text is not stored.</summary>
    private async Task<IReadOnlyList<StatementDifference>?> CompareAsync(
        Migration migration,
        HistoryRecord record,
        CancellationToken cancellationToken
    )
    {
        var script = migration.Up;
        if (script.Length > JournalRecorder.LongestStoredScript)
            return null;
        if (await session.History.ReadScriptAsync(record.Applied!.Id, cancellationToken).ConfigureAwait(false) is not { } applied)
            return null;
        var current = ScriptRedaction.Redact(dialect, ScriptText.ReadChecked(script));
        return ScriptDifference.Find(dialect, script.File, script.FirstLine, ScriptRedaction.Redact(dialect, applied), current);
    }

    private void PlanCleared(Migration migration, HistoryRecord record, JournalEntry failure, string? checksum)
    {
        var compared =
            $"Cleared the failure of {RepairText.At(failure)} ({failure.ErrorMessage}); the migration is "
            + $"{(record.IsApplied ? "applied" : "pending")}.";
        var direction = record.IsApplied ? MigrationDirection.Up : MigrationDirection.Down;
        var entry = recorder.Entry(migration, direction, JournalEvent.Repaired) with
        {
            Checksum = checksum ?? migration.Up.Checksum,
            ErrorMessage = compared,
        };
        Add(entry, migration.Version, "Failed", compared);
    }

    private void PlanForgotten(HistoryRecord record)
    {
        var compared =
            $"Removed: applied {RepairText.At(record.FirstApplied!)} with SHA-256 {record.Applied!.Checksum}, its file is missing "
            + "from the folder. Its changes to the database are kept.";
        var entry = recorder.Entry(record, MigrationDirection.Down, JournalEvent.Repaired) with { ErrorMessage = compared };
        Add(entry, record.Version, "Missing", compared);
    }

    private void PlanDecision(Migration migration, HistoryRecord record, bool done)
    {
        if (record.Resume is not { Undecided: { } index } resume || migration.Script(resume.Direction) is not { } script)
            return;
        var (statement, checksum) = StatementRun.WithChecksums(dialect, script).FirstOrDefault(s => s.Statement.Index == index);
        if (statement is null)
            return;
        var compared =
            $"Statement {index + 1} ({statement.Location}) marked as {(done ? "done" : "not done")} by {OwnUser.Name}; "
            + "the database was not checked.";
        var entry = recorder.Entry(migration, resume.Direction, JournalEvent.Repaired) with
        {
            StatementIndex = index,
            Checksum = checksum,
            Success = done,
            ErrorMessage = compared,
        };
        Add(entry, migration.Version, "Undecided", compared);
    }

    private void Add(
        JournalEntry entry,
        MigrationVersion? version,
        string repair,
        string compared,
        JournalEntry? release = null,
        IReadOnlyList<StatementDifference>? differences = null
    )
    {
        var result = new RepairResult(target.Display, version, entry.Name, repair, compared)
        {
            Target = target,
            Service = entry.Service,
            Path = folder,
            Differences = differences ?? [],
        };
        _steps.Add(new RepairStep(result, entry) { Release = release });
    }
}
