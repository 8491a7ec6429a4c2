using Migrations.Databases;
using Migrations.History;

namespace Migrations.Transfer;

/// <summary>The migrations that are applied in the source of a copy.</summary>
/// <param name="source">The database that is copied, and its driver.</param>
/// <param name="target">The database that is copied into, and its driver.</param>
/// <param name="options">How both are connected to.</param>
internal sealed class SourceHistory(
    (IDatabaseDriver Driver, DatabaseTarget Target) source,
    (IDatabaseDriver Driver, DatabaseTarget Target) target,
    SessionOptions options
)
{
    /// <summary>What the target gets of it; null where it has a history of its own, or the source has none.</summary>
    public async Task<CarriedHistory?> FindAsync(CancellationToken cancellationToken)
    {
        if ((await ReadAsync(target, cancellationToken).ConfigureAwait(false)).Any(e => e.IsOfMigration))
            return null;
        var session = await source
            .Driver.OpenAsync(source.Target, options with { Access = SessionAccess.Read }, cancellationToken)
            .ConfigureAwait(false);
        await using var _ = session.ConfigureAwait(false);
        var entries = await session.History.ReadAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<JournalEntry>();
        var recorders = new List<JournalRecorder>();
        foreach (var service in entries.Where(e => e.IsOfMigration).Select(e => e.Service).Distinct(StringComparer.Ordinal))
        {
            var applied = HistoryView.From(entries, service, identityByName: false).Applied;
            if (applied.Count == 0)
                continue;
            var recorder = new JournalRecorder(target.Driver.Dialect, service);
            recorders.Add(recorder);
            foreach (var record in applied)
                rows.Add(await CarryAsync(session.History, recorder, record, cancellationToken).ConfigureAwait(false));
        }

        return rows.Count == 0 ? null : new CarriedHistory(rows, recorders);
    }

    private async Task<JournalEntry> CarryAsync(
        IHistoryStore history,
        JournalRecorder recorder,
        HistoryRecord record,
        CancellationToken cancellationToken
    )
    {
        var applied = record.Applied!;
        var first = record.FirstApplied ?? applied;
        // What was only recorded there is no migration whose objects were copied.
        var what = first.Event == JournalEvent.Squashed ? JournalEvent.Squashed : JournalEvent.Adopted;
        return recorder.Entry(record, MigrationDirection.Up, what) with
        {
            Description = applied.Description,
            SemanticVersion = applied.SemanticVersion,
            AppliedAt = first.AppliedAt,
            AppliedBy = first.AppliedBy,
            ExecutionTimeMs = first.ExecutionTimeMs,
            Script = await history.ReadScriptAsync(applied.Id, cancellationToken).ConfigureAwait(false),
            ErrorMessage = $"Copied from {source.Target.Display}, in which it was applied.",
        };
    }

    private async Task<IReadOnlyList<JournalEntry>> ReadAsync(
        (IDatabaseDriver Driver, DatabaseTarget Target) side,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var session = await side
                .Driver.OpenAsync(side.Target, options with { Access = SessionAccess.Read }, cancellationToken)
                .ConfigureAwait(false);
            await using var _ = session.ConfigureAwait(false);
            return await session.History.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseMissing)
        {
            return [];
        }
    }
}
