using Migrations.Databases;
using Migrations.Planning;
using Migrations.Schema;

namespace Migrations.Integrity;

/// <summary>Finds out which schema a database should have: by replaying migrations, or by loading a file.</summary>
/// <param name="driver">The database's driver.</param>
/// <param name="options">Which tables are the history's, and how to connect.</param>
/// <param name="scratch">Where scratch databases are made.</param>
internal sealed class ExpectedSchema(IDatabaseDriver driver, MigratorOptions options, ScratchRequest scratch)
{
    /// <summary>The name of the file in a migration folder that holds the complete schema.</summary>
    public const string FileName = "schema.sql";

    private readonly SchemaReplay _replay = new(driver, options, scratch);

    /// <summary>The file with the complete schema of a folder; null without one.</summary>
    public static string? FileOf(string folder) => Path.Combine(folder, FileName) is var file && File.Exists(file) ? file : null;

    /// <summary>
    /// What the applied migrations make, in the order in which they were applied, from the baseline's schema where there is one.
    /// </summary>
    /// <exception cref="MigrationException">It cannot be found out: a file is gone, no schema was stored with the baseline, a script fails,
    /// or a scratch database cannot be created.</exception>
    public Task<SchemaSnapshot> OfAppliedAsync(PlanningInput input, IHistoryStore history, CancellationToken cancellationToken) =>
        OfAppliedAsync(input, history, long.MaxValue, cancellationToken);

    /// <summary>What the migrations make that were applied up to a row of the history.</summary>
    /// <exception cref="MigrationException">As above.</exception>
    public async Task<SchemaSnapshot> OfAppliedAsync(
        PlanningInput input,
        IHistoryStore history,
        long lastId,
        CancellationToken cancellationToken
    )
    {
        var takenBack = input.History.Records.Where(r => r is { IsInSnapshot: true, IsApplied: false }).Select(r => r.Name).ToList();
        if (takenBack.Count > 0)
        {
            throw new MigrationException(
                ErrorId.MigrationMissing,
                "The migrations cannot be replayed, because the schema that was stored when they were taken over still holds what was "
                    + $"rolled back since: {string.Join(", ", takenBack)}.",
                $"Compare with a file that contains the whole schema: {Call.Diff.On("<database>", "schema.sql")}"
            );
        }

        var applied = input.History.Applied.Where(r => !r.IsBaseline && !r.IsInSnapshot && r.FirstApplied!.Id <= lastId).ToList();
        var replayed = SquashReplay.Of(input, applied);
        var gone = replayed.Where(r => r.Migration is null).Select(r => r.Name).ToList();
        if (gone.Count > 0)
        {
            throw new MigrationException(
                ErrorId.MigrationMissing,
                $"The migrations cannot be replayed, because files of applied ones are missing: {string.Join(", ", gone)}.",
                "Restore the files."
            );
        }

        string? baseline = null;
        if (input.History.Snapshot is { } snapshot)
            baseline = await history.ReadScriptAsync(snapshot.Id, cancellationToken).ConfigureAwait(false);
        if (baseline is null && input.History.Applied.Any(r => r.IsBaseline || r.IsInSnapshot))
        {
            throw new MigrationException(
                ErrorId.MigrationMissing,
                "The history starts with a baseline that stored no schema, so the migrations cannot be replayed.",
                $"Compare with a file that contains the whole schema: {Call.Diff.On("<database>", "schema.sql")}"
            );
        }

        return await _replay.RunAsync([.. replayed.Select(r => r.Migration!)], baseline, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What all migrations of a folder make in an empty database.</summary>
    public Task<SchemaSnapshot> OfFolderAsync(PlanningInput input, CancellationToken cancellationToken) =>
        _replay.RunAsync([.. input.Migrations.Where(input.RunsHere)], baseline: null, cancellationToken);

    /// <summary>What a file of SQL makes in an empty database.</summary>
    public Task<SchemaSnapshot> OfFileAsync(string file, CancellationToken cancellationToken) =>
        _replay.RunFileAsync(file, cancellationToken);
}
