using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;
using Migrations.History;
using Migrations.Planning;
using Migrations.Sql;
using Migrations.Variables;

namespace Migrations.Running;

/// <summary>The database and the migrations that a call works on, and how it reads and connects.</summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database.</param>
/// <param name="source">The migrations.</param>
/// <param name="options">How to read and to connect.</param>
internal sealed class RunContext(IDatabaseDriver driver, DatabaseTarget target, MigrationSource source, MigratorOptions options)
{
    public IDatabaseDriver Driver => driver;

    public DatabaseTarget Target => target;

    public MigrationSource Source => source;

    /// <summary>The migration folder, or the name of the source that is no folder.</summary>
    public string Folder => source.Name;

    public MigratorOptions Options => options;

    /// <summary>Reads the migrations and publishes what is worth a warning in them.</summary>
    public MigrationFolder ReadFolder(CancellationToken cancellationToken)
    {
        var read = VariableBinding.ReadFolder(source, options.Folder, driver.Dialect, cancellationToken);
        foreach (var warning in read.Warnings)
            Warn(warning.ToString());
        return read;
    }

    public Task<IDatabaseSession> OpenAsync(SessionAccess access, CancellationToken cancellationToken) =>
        driver.OpenAsync(target, options.Session with { Access = access }, cancellationToken);

    /// <summary>Opens the database to look; null, with a warning, when it does not exist yet.</summary>
    public async Task<IDatabaseSession?> OpenIfExistsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseMissing)
        {
            Warn($"The database '{target.Display}' does not exist yet. All migrations are shown as pending.");
            return null;
        }
    }

    /// <summary>What planning looks at: the folder, and the history as it is now.</summary>
    public Task<PlanningInput> ReadInputAsync(IDatabaseSession session, MigrationFolder read, CancellationToken cancellationToken) =>
        PlanningInputReader.ReadAsync(session, driver.Dialect, read, options, cancellationToken);

    /// <summary>Looks at the database; nothing is changed.</summary>
    public async Task<T> LookAsync<T>(Func<IDatabaseSession, PlanningInput, Task<T>> look, CancellationToken cancellationToken)
    {
        var read = ReadFolder(cancellationToken);
        var session = await OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
            return await look(session, await ReadInputAsync(session, read, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>Writes the history under the lock.</summary>
    public async Task<T> WriteAsync<T>(Func<IDatabaseSession, PlanningInput, Task<T>> write, CancellationToken cancellationToken)
    {
        var read = ReadFolder(cancellationToken);
        var session = await OpenAsync(SessionAccess.Write, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var held = await session.LockAsync(cancellationToken).ConfigureAwait(false);
            await using (held.ConfigureAwait(false))
                return await write(session, await ReadInputAsync(session, read, cancellationToken).ConfigureAwait(false))
                    .ConfigureAwait(false);
        }
    }

    /// <summary>Checks the scripts of a plan.</summary>
    /// <exception cref="FolderException">Scripts cannot be run as they are; all of them are named.</exception>
    public IReadOnlyList<ScriptAnalysis> Analyze(MigrationPlan plan, HistoryView history) =>
        PlannedScripts.Analyze(driver.Dialect, source.Name, plan, history);

    /// <summary>Creates the rows of one run in the history.</summary>
    public JournalRecorder NewRecorder() => new(driver.Dialect, options.Service);

    public void Warn(string text) => options.Session.Events.Publish(new WarningRaised(text));
}
