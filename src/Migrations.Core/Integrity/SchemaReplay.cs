using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;
using Migrations.History;
using Migrations.Planning;
using Migrations.Running;
using Migrations.Schema;

namespace Migrations.Integrity;

/// <summary>Finds out which schema migrations give: runs them on a scratch database, from empty or from the schema of a baseline.</summary>
/// <param name="driver">The database's driver.</param>
/// <param name="options">Which tables are the history's, and how to connect.</param>
/// <param name="scratch">Where the scratch database is made.</param>
internal sealed class SchemaReplay(IDatabaseDriver driver, MigratorOptions options, ScratchRequest scratch)
{
    /// <summary>Runs the migrations in the given order.</summary>
    /// <param name="migrations">The migrations.</param>
    /// <param name="baseline">The schema to start from, as SQL; null to start from nothing.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">A scratch database cannot be created, or a script fails there.</exception>
    public Task<SchemaSnapshot> RunAsync(IReadOnlyList<Migration> migrations, string? baseline, CancellationToken cancellationToken) =>
        RunAsync(
            baseline is null ? migrations : [FromText("the schema of the baseline", baseline), .. migrations],
            prepared: true,
            cancellationToken
        );

    /// <summary>Runs one file of SQL that makes a whole schema.</summary>
    /// <exception cref="MigrationException">A scratch database cannot be created, or the file cannot be read or fails there.</exception>
    public Task<SchemaSnapshot> RunFileAsync(string file, CancellationToken cancellationToken) =>
        RunAsync([FromFile(file)], prepared: false, cancellationToken);

    /// <summary>Runs files of SQL one after another, each with whatever transactions it has in it.</summary>
    /// <exception cref="MigrationException">A scratch database cannot be created, or a file cannot be read or fails there.</exception>
    public Task<SchemaSnapshot> RunFilesAsync(IReadOnlyList<string> files, CancellationToken cancellationToken) =>
        RunAsync([.. files.Select(f => OutsideTransaction(FromFile(f)))], prepared: true, cancellationToken);

    private static Migration OutsideTransaction(Migration file) =>
        file with
        {
            Up = file.Up with { Header = file.Up.Header with { Transaction = false } },
        };

    private async Task<SchemaSnapshot> RunAsync(IReadOnlyList<Migration> migrations, bool prepared, CancellationToken cancellationToken)
    {
        PlannedCode.DemandNone(migrations);
        var request = scratch with { Scripts = [.. migrations.Select(m => m.Up)], Prepared = prepared };
        var made = await driver.Scratch.CreateAsync(request, cancellationToken).ConfigureAwait(false);
        await using (made.ConfigureAwait(false))
        {
            var quiet = options with { Session = options.Session with { Access = SessionAccess.Create, Events = NullEventSink.Instance } };
            var session = await driver.OpenAsync(made.Target, quiet.Session, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                await session.History.EnsureAsync(cancellationToken).ConfigureAwait(false);
                var plan = new MigrationPlan
                {
                    Direction = MigrationDirection.Up,
                    Steps = [.. migrations.Select(m => new PlanStep(m, MigrationDirection.Up, m.Up))],
                };
                var run = new MigrationRun(
                    session,
                    driver.Dialect,
                    made.Target,
                    new JournalRecorder(driver.Dialect, options.Service),
                    quiet,
                    HistoryView.From([], options.Service, identityByName: false)
                );
                _ = await run.RunAsync(
                        plan,
                        [.. plan.Steps.Select(s => PlannedScripts.Analyze(driver.Dialect, s.Script))],
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                return await session.Inspector.ReadSchemaAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static Migration FromText(string name, string sql) =>
        new()
        {
            Key = MigrationKey.Of(name),
            Version = null,
            Name = name,
            FullName = name,
            Layout = MigrationLayout.Versioned,
            Up = MigrationScript.OfText(name, sql),
        };

    private static Migration FromFile(string file)
    {
        try
        {
            RegularFile.Require(file);
            var read = FromText(file, File.ReadAllText(file));
            return read with { Up = read.Up with { IsSchema = true } };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.FileUnreadable,
                $"The file '{file}' cannot be read: {e.Message}",
                "Specify a readable SQL file.",
                e
            );
        }
    }
}
