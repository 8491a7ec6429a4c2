using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;
using Migrations.History;
using Migrations.Planning;
using Migrations.Running;
using Migrations.Sql;

namespace Migrations.Integrity;

/// <summary>
/// The hooks of a rehearsal. Each has a transaction of its own on the copy, so that what is measured and compared is the migration's.
/// </summary>
/// <param name="dialect">How SQL is read.</param>
/// <param name="recorder">Makes the rows of the copy's history.</param>
/// <param name="scripts">The hooks that are run on the copy.</param>
/// <param name="copy">What the copy is called.</param>
internal sealed class RehearsalHooks(ISqlDialect dialect, JournalRecorder recorder, HookScripts scripts, string copy)
{
    private readonly List<MigrationResult> _done = [];

    /// <summary>The steps that are rehearsed, for code.</summary>
    public required IReadOnlyList<MigrationResult> Plan { get; init; }

    /// <summary>The names of those that run around each migration.</summary>
    public IReadOnlyList<string> Names => scripts.NamesAt(0, 0);

    /// <summary>The files of those that are not run.</summary>
    public IReadOnlyList<string> Skipped { get; private init; } = [];

    /// <summary>Whether some run around each migration.</summary>
    public bool SurroundUndo => Names.Count > 0;

    /// <summary>Whether some of them are code.</summary>
    public bool RunCode => scripts.HaveCode;

    /// <summary>The hooks of a call; those in code only where the request asks for code.</summary>
    /// <exception cref="FolderException">Hooks are bad; all that is wrong is named.</exception>
    public static RehearsalHooks Read(
        MigrationFolder read,
        IReadOnlyList<Migration> migrations,
        ISqlDialect dialect,
        MigratorOptions options,
        string database,
        bool runCode,
        CancellationToken cancellationToken
    )
    {
        void Warn(Advice text) => options.Session.Events.Publish(new WarningRaised(text));
        var all = HooksOfCall.Read(read, options, Warn, cancellationToken);
        List<Hook> code = [.. all.Where(h => h.Script.Code is not null && !runCode && h.Point != HookPoint.OnError)];
        List<Hook> hooks = [.. all.Where(h => h.Point != HookPoint.OnError && (h.Script.Code is null || runCode))];
        if (code.Count > 0 && migrations.Count > 0)
            Warn(
                $"Not run on the copy, because {(code.Count == 1 ? "it is" : "they are")} code: {string.Join(", ", code)}. Ask for code to "
                    + "be run there too: -RunCode of the module, RunCode of a request."
            );
        var scripts = new HookScripts(dialect, options.Folder.Variables, hooks);
        Demand(scripts, read.Path, migrations);
        return new RehearsalHooks(dialect, new JournalRecorder(dialect, options.Service), scripts, "copy of " + database)
        {
            Plan = [.. migrations.Select(m => Result(m, MigrationDirection.Up, MigrationOutcome.WhatIf, "copy of " + database))],
            Skipped = options.Folder.NoHooks
                ? HookReader.NamesOf(read, options.Folder, MigrationDirection.Down)
                : [.. code.Select(h => Path.GetFileName(h.Script.File))],
        };
    }

    /// <summary>Runs those of some points on a copy.</summary>
    /// <exception cref="MigrationException">One failed; or reaches beyond the copy, and nothing is known of it.</exception>
    public async Task RunAsync(
        IScratchDatabase scratch,
        IDatabaseSession session,
        HookPoint[] points,
        Migration? migration,
        MigrationDirection direction,
        CancellationToken cancellationToken
    )
    {
        if (scripts.IsEmpty)
            return;
        var runner = new HookRun(session, scratch.Target, dialect, recorder, NullEventSink.Instance, scripts)
        {
            Plan = Plan,
            Results = () => _done,
        };
        foreach (var point in points)
        {
            if (runner.Find(point, direction, migration?.FullName ?? "") is { } hook)
                await RunAsync(scratch, session, hook, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A step was done on the copy.</summary>
    public void Done(Migration migration, MigrationDirection direction) =>
        _done.Add(Result(migration, direction, MigrationOutcome.Done, copy));

    private static async Task RunAsync(
        IScratchDatabase scratch,
        IDatabaseSession session,
        StepExecution hook,
        CancellationToken cancellationToken
    )
    {
        if (hook.Alone is { } run)
        {
            await run(cancellationToken).ConfigureAwait(false);
            return;
        }

        var measured = await scratch.MeasureAsync(session, hook, cancellationToken).ConfigureAwait(false);
        if (measured.LeftOut.Count > 0)
            throw measured.LeftOut[0];
    }

    private static void Demand(HookScripts scripts, string folder, IReadOnlyList<Migration> migrations)
    {
        MigrationPlan PlanOf(MigrationDirection direction) =>
            new()
            {
                Direction = direction,
                Steps =
                [
                    .. migrations.Where(m => m.Script(direction) is not null).Select(m => new PlanStep(m, direction, m.Script(direction)!)),
                ],
            };
        List<FileProblem> problems =
        [
            .. scripts.Check(PlanOf(MigrationDirection.Up)).Concat(scripts.Check(PlanOf(MigrationDirection.Down))).Distinct(),
        ];
        if (problems.Count > 0)
            throw new FolderException(folder, problems);
    }

    private static MigrationResult Result(Migration migration, MigrationDirection direction, MigrationOutcome outcome, string database) =>
        new()
        {
            Database = database,
            Version = migration.Version,
            Name = migration.FullName,
            Direction = direction,
            Outcome = outcome,
            File = migration.Script(direction)!.File,
        };
}
