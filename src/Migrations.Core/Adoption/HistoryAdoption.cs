using Migrations.Databases;
using Migrations.History;
using Migrations.Schema;

namespace Migrations.Adoption;

/// <summary>Writes an adoption into the history: all its rows, or none.</summary>
internal static class HistoryAdoption
{
    /// <summary>What was found, with how far each migration is proven.</summary>
    public static AdoptionResult WithProofs(AdoptionResult result) =>
        result with
        {
            Migrations = [.. result.Migrations.Select(m => m with { Proof = ProofOf(m, result.Verdict) })],
        };

    /// <summary>Writes it.</summary>
    public static async Task WriteAsync(
        IDatabaseSession session,
        JournalRecorder recorder,
        AdoptionPlan plan,
        OtherToolLock? other,
        CancellationToken cancellationToken
    )
    {
        await session.History.EnsureAsync(cancellationToken).ConfigureAwait(false);
        var run = await session.BeginRunAsync([], cancellationToken).ConfigureAwait(false);
        await using (run.ConfigureAwait(false))
        {
            if (other is not null && plan.Digest is { } digest)
                await other.DemandUnchangedAsync(digest, cancellationToken).ConfigureAwait(false);
            foreach (var entry in Entries(recorder, plan))
                await session.History.AppendAsync(entry, cancellationToken).ConfigureAwait(false);
            await run.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static IEnumerable<JournalEntry> Entries(JournalRecorder recorder, AdoptionPlan plan)
    {
        var proofs = plan.Result.Migrations.ToDictionary(m => m.Name, m => m.Proof, StringComparer.Ordinal);
        foreach (var (entry, migration) in plan.Mapping.Pairs)
        {
            var row = recorder.Entry(migration, MigrationDirection.Up, JournalEvent.Adopted);
            yield return row with
            {
                AppliedAt = entry.AppliedAt ?? default,
                AppliedBy = entry.AppliedBy ?? row.AppliedBy,
                ExecutionTimeMs = entry.Milliseconds,
                Script = recorder.StoredText(migration.Up),
                ErrorMessage = new AdoptionNote(plan.History.Title, entry.Text, proofs[migration.FullName], entry.IsInferred).ToString(),
            };
        }

        // What cannot be replayed is where later replays start from.
        if (plan.Result.Verdict != AdoptionVerdict.Proven || plan.Result.SqlPath is not null)
        {
            yield return recorder.Entry(plan.History.TableName, JournalEvent.Snapshot) with
            {
                SchemaFingerprint = plan.Live.Fingerprint,
                Script = SchemaScript.Write(plan.Live),
            };
        }

        yield return new TakeOver
        {
            Tool = plan.History.Name,
            Table = plan.History.TableName,
            Digest = plan.Digest,
            IsKeptInStep = plan.Result.IsKeptInStep,
        }.Entry(recorder, Summary(plan.Result));
    }

    private static string Summary(AdoptionResult result)
    {
        var count = result.Migrations.Count;
        var text = $"{count} {(count == 1 ? "migration" : "migrations")} adopted from {result.Title}; schema ";
        text +=
            result.Verdict == AdoptionVerdict.Proven
                ? $"proven by replay{(result.SqlPath is null ? "" : $" of {result.SqlPath}")}"
                : $"not proven: {result.NotRun}";
        if (result.UnmatchedEntries.Count > 0)
            text += $"; without a file: {string.Join(", ", result.UnmatchedEntries)}";
        if (result.UnmatchedFiles.Count > 0)
            text += $"; not recorded there: {string.Join(", ", result.UnmatchedFiles)}";
        return text;
    }

    private static AdoptionProof ProofOf(AdoptedMigration migration, AdoptionVerdict verdict) =>
        migration.Content is ContentMatch.Same or ContentMatch.Cosmetic ? AdoptionProof.Content
        : verdict == AdoptionVerdict.Proven ? AdoptionProof.Schema
        : AdoptionProof.NameOnly;
}
