using Migrations.Databases;
using Migrations.History;
using Migrations.Planning;

namespace Migrations.Running;

/// <summary>Mends the history by appending to it, and says what it compared.</summary>
/// <param name="session">The database.</param>
/// <param name="dialect">How its SQL is read.</param>
/// <param name="target">The database as shown to people.</param>
/// <param name="recorder">Makes the rows.</param>
internal sealed class HistoryRepair(IDatabaseSession session, ISqlDialect dialect, DatabaseTarget target, JournalRecorder recorder)
{
    private readonly List<RepairResult> _results = [];

    /// <summary>Mends what is wrong, in the order of the folder.</summary>
    public async Task<IReadOnlyList<RepairResult>> RunAsync(PlanningInput input, RepairRequest request, CancellationToken cancellationToken)
    {
        MigrationKey? byName = request.Name is null ? null : FindName(input, request.Name);
        foreach (var migration in input.Migrations.Where(m => byName is null || m.Key == byName))
        {
            if (input.History.Find(migration.Key) is { } record)
                await RepairOneAsync(input, migration, record, request, cancellationToken).ConfigureAwait(false);
        }

        foreach (var record in input.Missing.Where(r => byName is null || r.Key == byName))
        {
            if (request.RemoveMissing)
                await ForgetAsync(record, cancellationToken).ConfigureAwait(false);
        }

        if (_results.Count == 0)
        {
            var missing = input.Missing.Count == 0 ? "" : $" Applied, but without a file: {string.Join(", ", input.Missing.Select(r => r.Name))}; --remove-missing forgets them.";
            throw new PlanException(
                ErrorId.RepairNotNeeded, "There is nothing to repair: no failure is recorded and no applied script was edited." + missing, "'migrations status' shows how things stand.", []);
        }

        return _results;
    }

    /// <summary>A missing migration is in no folder, so its name is looked for in the history first.</summary>
    private static MigrationKey FindName(PlanningInput input, string name) =>
        input.Missing.FirstOrDefault(r => string.Equals(r.Name, name, StringComparison.OrdinalIgnoreCase)
            || (MigrationVersion.TryParse(name, out var version) && r.Version == version))?.Key
        ?? MigrationResolver.Find(input.Migrations, name).Key;

    private async Task RepairOneAsync(PlanningInput input, Migration migration, HistoryRecord record, RepairRequest request, CancellationToken cancellationToken)
    {
        if (request.StatementDone is { } done)
        {
            await DecideAsync(migration, record, done, cancellationToken).ConfigureAwait(false);
            return;
        }

        var checksum = record.Applied?.Checksum;
        // A repeatable that is due runs again anyway.
        if (record.IsApplied && !input.IsPending(migration) && input.ChangeOf(migration.Key) is var change and not ScriptChange.None)
        {
            await AcceptAsync(migration, record, change, cancellationToken).ConfigureAwait(false);
            checksum = migration.Up.Checksum;
        }

        if (record.Failure is { } failure)
            await ClearAsync(migration, record, failure, checksum, cancellationToken).ConfigureAwait(false);
    }

    private async Task AcceptAsync(Migration migration, HistoryRecord record, ScriptChange change, CancellationToken cancellationToken)
    {
        var compared = $"Accepted the edited script: SHA-256 {record.Applied!.Checksum} was applied, {migration.Up.Checksum} is in the folder; "
            + (change == ScriptChange.Cosmetic ? "only comments or white space differ." : "a statement differs, or the applied text is not stored; the schema was not compared.");
        var entry = recorder.Entry(migration, MigrationDirection.Up, JournalEvent.Repaired) with { Script = recorder.StoredText(migration.Up), ErrorMessage = compared };
        await AppendAsync(entry, migration.Version, "Changed", compared, cancellationToken).ConfigureAwait(false);
    }

    private async Task ClearAsync(Migration migration, HistoryRecord record, JournalEntry failure, string? checksum, CancellationToken cancellationToken)
    {
        var compared = $"Cleared the failure of {failure.AppliedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z ({failure.ErrorMessage}); the migration is {(record.IsApplied ? "applied" : "pending")}.";
        var direction = record.IsApplied ? MigrationDirection.Up : MigrationDirection.Down;
        var entry = recorder.Entry(migration, direction, JournalEvent.Repaired) with { Checksum = checksum ?? migration.Up.Checksum, ErrorMessage = compared };
        await AppendAsync(entry, migration.Version, "Failed", compared, cancellationToken).ConfigureAwait(false);
    }

    private async Task ForgetAsync(HistoryRecord record, CancellationToken cancellationToken)
    {
        var compared = $"Forgotten: applied {record.FirstApplied!.AppliedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z with SHA-256 {record.Applied!.Checksum}, its file is gone from the folder. What it made in the database stays.";
        await AppendAsync(
            recorder.Entry(record, MigrationDirection.Down, JournalEvent.Repaired) with { ErrorMessage = compared }, record.Version, "Missing", compared, cancellationToken).ConfigureAwait(false);
    }

    private async Task DecideAsync(Migration migration, HistoryRecord record, bool done, CancellationToken cancellationToken)
    {
        if (record.Resume is not { Undecided: { } index } resume || migration.Script(resume.Direction) is not { } script)
            return;
        var (statement, checksum) = StatementRun.WithChecksums(dialect, script).FirstOrDefault(s => s.Statement.Index == index);
        if (statement is null)
            return;
        var compared = $"Statement {index + 1} ({statement.Location}) is recorded as {(done ? "done" : "not done")} on the word of {Environment.UserName}; the database was not compared.";
        var entry = recorder.Entry(migration, resume.Direction, JournalEvent.Repaired) with
        {
            StatementIndex = index,
            Checksum = checksum,
            Success = done,
            ErrorMessage = compared,
        };
        await AppendAsync(entry, migration.Version, "Undecided", compared, cancellationToken).ConfigureAwait(false);
    }

    private async Task AppendAsync(JournalEntry entry, MigrationVersion? version, string repair, string compared, CancellationToken cancellationToken)
    {
        await session.History.AppendAsync(entry, cancellationToken).ConfigureAwait(false);
        _results.Add(new RepairResult(target.Display, version, entry.Name, repair, compared));
    }
}
