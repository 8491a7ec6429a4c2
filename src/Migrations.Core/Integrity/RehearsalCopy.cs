using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;
using Migrations.History;
using Migrations.Planning;
using Migrations.Running;
using Migrations.Sql;

namespace Migrations.Integrity;

/// <summary>
/// The scratch database of a rehearsal: a copy of the live one, or empty. Created when it is first needed, and recreated when an undo has
/// spoiled it.
/// </summary>
internal sealed class RehearsalCopy(
    IDatabaseDriver driver,
    DatabaseTarget target,
    MigratorOptions options,
    RehearsalRequest request,
    PlanningInput input,
    IReadOnlyList<Migration> migrations,
    RehearsalHooks hooks
) : IAsyncDisposable
{
    private readonly JournalRecorder _recorder = new(driver.Dialect, options.Service);
    private readonly List<Migration> _applied = [];
    private ScratchContent? _content;
    private IScratchDatabase? _scratch;
    private IDatabaseSession? _session;
    private bool _hasBegun;

    /// <summary>How its SQL is read.</summary>
    public ISqlDialect Dialect => driver.Dialect;

    /// <summary>Whether migrations in code are run on it.</summary>
    public bool RunsCode => request.RunCode;

    /// <summary>Whether it holds the rows of the live database; known when it is made.</summary>
    public bool HasData => _content == ScratchContent.Data;

    /// <summary>
    /// Whether the live database may hold rows that it does not; a copy of what is not there yet lacks none. Known when it is made.
    /// </summary>
    public bool LacksRows => _content == ScratchContent.Schema || (_content == ScratchContent.Empty && request.All);

    /// <summary>A session on the copy.</summary>
    public async Task<IDatabaseSession> SessionAsync(CancellationToken cancellationToken)
    {
        if (_session is not null)
            return _session;
        _content ??= await DecideContentAsync(cancellationToken).ConfigureAwait(false);
        _scratch = await driver
            .Scratch.CreateAsync(
                new ScratchRequest
                {
                    Origin = target,
                    Content = _content.Value,
                    Server = request.ScratchServer,
                    Scripts = [.. migrations.SelectMany(m => m.Down is { } down ? (MigrationScript[])[m.Up, down] : [m.Up])],
                    Prepared = true,
                    Session = options.Session,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        _session = await driver
            .OpenAsync(
                _scratch.Target,
                options.Session with
                {
                    Access = SessionAccess.Create,
                    RunsCode = request.RunCode,
                    Events = NullEventSink.Instance,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        await _session.History.EnsureAsync(cancellationToken).ConfigureAwait(false);
        return _session;
    }

    /// <summary>The hooks that are rehearsed with the migrations.</summary>
    public RehearsalHooks Hooks => hooks;

    /// <summary>Runs the hooks before a half of a migration, and first those before the run.</summary>
    /// <exception cref="MigrationException">One failed, or reaches beyond the copy.</exception>
    public async Task BeforeAsync(Migration migration, MigrationDirection direction, CancellationToken cancellationToken)
    {
        var session = await SessionAsync(cancellationToken).ConfigureAwait(false);
        if (!_hasBegun)
            await hooks
                .RunAsync(_scratch!, session, [HookPoint.BeforeRun], migration: null, direction, cancellationToken)
                .ConfigureAwait(false);
        _hasBegun = true;
        await hooks.RunAsync(_scratch!, session, HookScripts.Before, migration, direction, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs the hooks after a half of a migration.</summary>
    /// <exception cref="MigrationException">One failed, or reaches beyond the copy.</exception>
    public async Task AfterAsync(Migration migration, MigrationDirection direction, CancellationToken cancellationToken) =>
        await hooks
            .RunAsync(
                _scratch!,
                await SessionAsync(cancellationToken).ConfigureAwait(false),
                HookScripts.After,
                migration,
                direction,
                cancellationToken
            )
            .ConfigureAwait(false);

    /// <summary>Runs the hooks after the run.</summary>
    /// <exception cref="MigrationException">One failed, or reaches beyond the copy.</exception>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        if (_hasBegun)
            await hooks
                .RunAsync(_scratch!, _session!, [HookPoint.AfterRun], migration: null, MigrationDirection.Up, cancellationToken)
                .ConfigureAwait(false);
    }

    /// <summary>Runs one half of a migration on the copy, and measures it.</summary>
    /// <exception cref="MigrationException">It failed, and was rolled back as far as the script allows.</exception>
    public async Task<StepMeasurement> RunAsync(Migration migration, MigrationDirection direction, CancellationToken cancellationToken)
    {
        var script = migration.Script(direction)!;
        if (!request.RunCode)
            PlannedCode.DemandNone(migration, script);
        var session = await SessionAsync(cancellationToken).ConfigureAwait(false);
        var analysis = PlannedScripts.Analyze(driver.Dialect, script);
        // What a run refuses is not a good migration.
        var problems =
            direction == MigrationDirection.Up && !migration.IsSquashRecord && EmptyScript.IsUnwritten(script)
                ? [.. analysis.Problems, EmptyScript.Problem(script)]
                : analysis.Problems;
        if (problems.Count > 0)
            throw new FolderException(Path.GetDirectoryName(script.File) ?? script.File, problems);
        var planned = KeyWindow.Mark(
            input.Migrations,
            [.. input.History.Applied.Select(r => r.Key), .. _applied.Select(m => m.Key)],
            [new PlanStep(migration, direction, script)]
        )[0];
        var step = new StepExecution
        {
            MayLeaveKeysOpen = planned.MayLeaveKeysOpen,
            KeysDue = planned.KeysDue,
            Migration = migration,
            Direction = direction,
            Script = script,
            Analysis = analysis,
            Entry = _recorder.Step(migration, direction),
        };
        var measured = await (
            analysis.Batch is null
                ? _scratch!.MeasureAsync(session, step, cancellationToken)
                : new BatchRehearsal(_scratch!, session, driver.Dialect, _recorder).RunAsync(step, cancellationToken)
        ).ConfigureAwait(false);
        if (direction == MigrationDirection.Up)
            _applied.Add(migration);
        else
            _ = _applied.Remove(migration);
        hooks.Done(migration, direction);
        return measured;
    }

    /// <summary>Reads what its tables hold.</summary>
    public async Task<IReadOnlyList<TableValues>> ReadValuesAsync(bool digests, CancellationToken cancellationToken)
    {
        var session = await SessionAsync(cancellationToken).ConfigureAwait(false);
        return await _scratch!.ReadValuesAsync(session, digests, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Throws the copy away and makes another, with the migrations applied that came through so far and this one.</summary>
    public async Task RemakeAsync(Migration migration, CancellationToken cancellationToken)
    {
        var again = _applied.Where(m => m != migration).Append(migration).ToList();
        await DisposeAsync().ConfigureAwait(false);
        _applied.Clear();
        foreach (var item in again)
        {
            await BeforeAsync(item, MigrationDirection.Up, cancellationToken).ConfigureAwait(false);
            _ = await RunAsync(item, MigrationDirection.Up, cancellationToken).ConfigureAwait(false);
            await AfterAsync(item, MigrationDirection.Up, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_session is not null)
            await _session.DisposeAsync().ConfigureAwait(false);
        if (_scratch is not null)
            await _scratch.DisposeAsync().ConfigureAwait(false);
        (_session, _scratch, _hasBegun) = (null, null, false);
    }

    // A database without a history may hold tables all the same; only one that is not there, or a rehearsal from the start, begins with
    // nothing.
    private async Task<ScratchContent> DecideContentAsync(CancellationToken cancellationToken)
    {
        if (request.All || (input.History.LastId == 0 && !await HasOriginAsync(cancellationToken).ConfigureAwait(false)))
            return ScratchContent.Empty;
        return request.WithData ? ScratchContent.Data : ScratchContent.Schema;
    }

    private async Task<bool> HasOriginAsync(CancellationToken cancellationToken)
    {
        try
        {
            var session = await driver
                .OpenAsync(target, options.Session with { Access = SessionAccess.Read, Events = NullEventSink.Instance }, cancellationToken)
                .ConfigureAwait(false);
            await session.DisposeAsync().ConfigureAwait(false);
            return true;
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseMissing)
        {
            return false;
        }
    }
}
