using Migrations.Databases;
using Migrations.History;
using Migrations.Planning;
using Migrations.Schema;

namespace Migrations.Running;

/// <summary>Records migrations as applied without running them.</summary>
internal static class HistoryBaseline
{
    /// <summary>Appends one row for each versioned migration up to the target.</summary>
    /// <returns>How many were recorded.</returns>
    public static async Task<int> RunAsync(
        IDatabaseSession session,
        JournalRecorder recorder,
        PlanningInput input,
        BaselineRequest request,
        CancellationToken cancellationToken
    )
    {
        FolderIdentity.Check(input);
        var last = MigrationResolver.Find(input.Migrations, request.Target);
        if (last.Version is null)
        {
            throw new PlanException(
                ErrorId.BaselineConflict,
                $"{last} has no version, so it cannot be a baseline.",
                $"Specify a versioned migration: '{Call.Status}' lists them.",
                [last.FullName]
            );
        }

        var applied = input.History.Applied.Where(r => !r.IsBaseline).Select(r => r.Name).ToList();
        if (applied.Count > 0)
        {
            throw new PlanException(
                ErrorId.BaselineConflict,
                $"Migrations have already been applied to this database: {string.Join(", ", applied)}. A baseline is for a "
                    + "database with a schema "
                    + "that migrations did not create.",
                $"No baseline is needed: '{Call.Up}' applies pending migrations.",
                applied
            );
        }

        var covered = input
            .Migrations.Where(m => m.Version is not null && m.Version <= last.Version && input.IsPending(m) && input.RunsHere(m))
            .ToList();
        await session.History.EnsureAsync(cancellationToken).ConfigureAwait(false);
        foreach (var migration in covered)
        {
            await session
                .History.AppendAsync(
                    recorder.Entry(
                        migration,
                        MigrationDirection.Up,
                        migration.IsSquashRecord ? JournalEvent.Squashed : JournalEvent.Baselined
                    ) with
                    {
                        Script = recorder.StoredText(migration.Up),
                        ErrorMessage =
                            $"Baseline at {last}: not run; its SHA-256 {migration.Up.Checksum} was recorded, nothing else was compared.",
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
        }

        await StoreSchemaAsync(session, recorder, last, cancellationToken).ConfigureAwait(false);
        return covered.Count;
    }

    /// <summary>
    /// Stores the schema as it is now: what the migrations after the baseline make is found out by replaying them from there.
    /// </summary>
    private static async Task StoreSchemaAsync(
        IDatabaseSession session,
        JournalRecorder recorder,
        Migration last,
        CancellationToken cancellationToken
    )
    {
        var schema = await session.Inspector.ReadSchemaAsync(cancellationToken).ConfigureAwait(false);
        await session
            .History.AppendAsync(
                recorder.Entry(last, MigrationDirection.Up, JournalEvent.Snapshot) with
                {
                    Checksum = null,
                    SchemaFingerprint = schema.Fingerprint,
                    Script = SchemaScript.Write(schema),
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }
}
