using Migrations.Databases;
using Migrations.Integrity;
using Migrations.Running;
using Migrations.Schema;

namespace Migrations.Adoption;

/// <summary>Proves that a database is what migrations make: replays them on a scratch database and compares the schemas.</summary>
/// <param name="context">The database and the folder.</param>
/// <param name="request">What is not compared, and where the scratch database is made.</param>
internal sealed class SchemaProof(RunContext context, AdoptionRequest request)
{
    /// <summary>Replays and compares.</summary>
    /// <param name="migrations">The migrations, in the order in which they were applied.</param>
    /// <param name="live">The database's schema.</param>
    /// <param name="histories">The tables of other tools' histories, which are not the application's.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">A scratch database cannot be created, or a script fails there.</exception>
    public Task<IReadOnlyList<SchemaDifference>> CompareAsync(
        IReadOnlyList<Migration> migrations,
        SchemaSnapshot live,
        IReadOnlyList<string> histories,
        CancellationToken cancellationToken
    ) => CompareAsync(replay => replay.RunAsync(migrations, baseline: null, cancellationToken), live, histories);

    /// <summary>Runs files of SQL and compares.</summary>
    /// <param name="files">The files, in the order in which they run.</param>
    /// <param name="live">The database's schema.</param>
    /// <param name="histories">The tables of other tools' histories, which are not the application's.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">A scratch database cannot be created, or a file cannot be read or fails there.</exception>
    public Task<IReadOnlyList<SchemaDifference>> CompareAsync(
        IReadOnlyList<string> files,
        SchemaSnapshot live,
        IReadOnlyList<string> histories,
        CancellationToken cancellationToken
    ) => CompareAsync(replay => replay.RunFilesAsync(files, cancellationToken), live, histories);

    private async Task<IReadOnlyList<SchemaDifference>> CompareAsync(
        Func<SchemaReplay, Task<SchemaSnapshot>> run,
        SchemaSnapshot live,
        IReadOnlyList<string> histories
    )
    {
        var replay = new SchemaReplay(
            context.Driver,
            context.Options,
            new ScratchRequest
            {
                Origin = context.Target,
                Server = request.ScratchServer,
                Session = context.Options.Session,
            }
        );
        var scope = new SchemaScope([.. request.Ignored, .. histories]);
        var expected = scope.WithoutIgnored(await run(replay).ConfigureAwait(false));
        return SchemaComparison.Compare(expected, scope.WithoutOthers(live, expected));
    }
}
