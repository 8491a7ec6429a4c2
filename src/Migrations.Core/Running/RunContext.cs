using Migrations.Configuration;
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
    private bool _isSaid;
    private MigrationFolder? _read;
    private (MigrationFolder Of, IReadOnlyList<Hook> Hooks)? _hooks;

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
            Warn(warning.Describe());
        _read = read;
        return read;
    }

    public Task<IDatabaseSession> OpenAsync(SessionAccess access, CancellationToken cancellationToken) =>
        driver.OpenAsync(
            target,
            options.Session with
            {
                Access = access,
                RunsCode =
                    access != SessionAccess.Read && _read is not null && (_read.HasCode || HookReader.HasCode(_read, options.Folder)),
            },
            cancellationToken
        );

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
    public async Task<PlanningInput> ReadInputAsync(IDatabaseSession session, MigrationFolder read, CancellationToken cancellationToken)
    {
        var input = await PlanningInputReader.ReadAsync(session, driver.Dialect, read, options, cancellationToken).ConfigureAwait(false);
        SayOnce(input);
        return input;
    }

    /// <summary>What a repair looks at: rows without a service that it assigns count as those of the service.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: they are to go to another service.</exception>
    public async Task<PlanningInput> ReadForRepairAsync(
        IDatabaseSession session,
        MigrationFolder read,
        RepairRequest request,
        CancellationToken cancellationToken
    )
    {
        if (request.AssignService is not { } service)
            return await ReadInputAsync(session, read, cancellationToken).ConfigureAwait(false);
        if (!string.Equals(service, options.Service, StringComparison.Ordinal))
        {
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"The history is to be assigned to '{service}', and this is the service '{options.Service ?? "none"}'.",
                $"Name the same service: {CallOption.Service.Of(service)}."
            );
        }

        var own = options with { Unassigned = UnassignedRows.Own };
        return await PlanningInputReader.ReadAsync(session, driver.Dialect, read, own, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks at the database; nothing is changed.</summary>
    public async Task<T> LookAsync<T>(Func<IDatabaseSession, PlanningInput, Task<T>> look, CancellationToken cancellationToken)
    {
        var read = ReadFolder(cancellationToken);
        var session = await OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
            return await look(session, await ReadInputAsync(session, read, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>Writes the history under the lock.</summary>
    public Task<T> WriteAsync<T>(Func<IDatabaseSession, PlanningInput, Task<T>> write, CancellationToken cancellationToken) =>
        WriteAsync((session, read) => ReadInputAsync(session, read, cancellationToken), write, cancellationToken);

    /// <summary>As above, where what planning looks at is read in another way.</summary>
    public async Task<T> WriteAsync<T>(
        Func<IDatabaseSession, MigrationFolder, Task<PlanningInput>> reader,
        Func<IDatabaseSession, PlanningInput, Task<T>> write,
        CancellationToken cancellationToken
    )
    {
        var read = ReadFolder(cancellationToken);
        var session = await OpenAsync(SessionAccess.Write, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var held = await session.LockAsync(cancellationToken).ConfigureAwait(false);
            await using (held.ConfigureAwait(false))
                return await write(session, await reader(session, read).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    /// <summary>Checks the scripts of a plan.</summary>
    /// <exception cref="FolderException">Scripts cannot be run as they are; all of them are named.</exception>
    public IReadOnlyList<ScriptAnalysis> Analyze(MigrationPlan plan, HistoryView history) =>
        PlannedScripts.Analyze(driver.Dialect, source.Name, plan, history, HooksOf(plan).Check(plan));

    /// <summary>A plan with the hooks that run with it.</summary>
    /// <exception cref="FolderException">Files of hooks are bad; all of them are named.</exception>
    public MigrationPlan WithHooks(MigrationPlan plan, MigrationFolder read, CancellationToken cancellationToken)
    {
        if (options.Folder.NoHooks)
            return plan.Steps.Count == 0 ? plan : plan with { HooksSkipped = HookReader.NamesOf(read, options.Folder, plan.Direction) };
        // A call plans twice, before it has the lock and under it.
        if (_hooks is not { } known || !ReferenceEquals(known.Of, read))
            _hooks = known = (read, HooksOfCall.Read(read, options, Warn, cancellationToken));
        return known.Hooks.Count == 0 || plan.Steps.Count == 0
            ? plan
            : plan with
            {
                Hooks = [.. known.Hooks.Where(h => h.Point.IsReached(plan.Direction))],
            };
    }

    /// <summary>The hooks of a plan, as they run.</summary>
    public HookScripts HooksOf(MigrationPlan plan) => new(driver.Dialect, options.Folder.Variables, plan.Hooks);

    /// <summary>Creates the rows of one run in the history.</summary>
    public JournalRecorder NewRecorder() => new(driver.Dialect, options.Service);

    /// <summary>Marks the database as that of an environment.</summary>
    public StampWriter NewStampWriter() => new(driver, target, options.Session, NewRecorder());

    public void Warn(Advice text) => options.Session.Events.Publish(new WarningRaised(text));

    // Until the service has rows of its own, and only once in a call.
    private void SayOnce(PlanningInput input)
    {
        var history = input.History;
        if (_isSaid || options.Unassigned != UnassignedRows.Own || history.HasOwnRows || history.Unassigned.Count == 0)
            return;
        _isSaid = true;
        Warn(
            $"The history of '{target.Display}' has no service; its migrations count as those of '{options.Service}', which has this "
                + $"database to itself. To record that: {Call.Repair.With(CallOption.AssignService.Of(options.Service))}"
        );
    }
}
