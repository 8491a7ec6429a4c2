using Migrations.Databases;
using Migrations.History;
using Migrations.Planning;
using Migrations.Sql;
using Migrations.Variables;

namespace Migrations.Running;

/// <summary>The hooks of a run: each as it is at one place of the run, with the values of that place in it.</summary>
/// <param name="dialect">How their SQL is read.</param>
/// <param name="variables">The variables of the call; null: none.</param>
/// <param name="hooks">The hooks.</param>
internal sealed class HookScripts(ISqlDialect dialect, VariableSet? variables, IReadOnlyList<Hook> hooks)
{
    // The names of the values that every hook may use.
    private const string MigrationName = "migration";
    private const string DirectionName = "direction";
    private const string RunName = "run_id";

    // What a hook needs is the same at every place, unless values stand in it.
    private readonly Dictionary<(HookPoint Point, string? Migration), ScriptAnalysis> _analyses = [];

    /// <summary>Whether the run has no hook.</summary>
    public bool IsEmpty => hooks.Count == 0;

    /// <summary>Whether any of them is code.</summary>
    public bool HaveCode => hooks.Any(h => h.Script.Code is not null);

    /// <summary>The hook at a place.</summary>
    /// <param name="point">The point.</param>
    /// <param name="migration">The full name of the migration; empty where the hook is about the whole run.</param>
    /// <param name="direction">The run's direction.</param>
    /// <param name="runId">The run.</param>
    /// <returns>The script with its values; null without a hook.</returns>
    public PlanStep? At(HookPoint point, string migration, MigrationDirection direction, Guid runId)
    {
        if (!point.IsReached(direction) || hooks.FirstOrDefault(h => h.Point == point) is not { } hook)
            return null;
        var script = hook.Script.Code is null ? Bind(hook.Script, migration, direction, runId) : hook.Script;
        return new PlanStep(AsMigration(hook.Name, script), direction, script) { Hook = point, HookOf = migration };
    }

    /// <summary>The hooks at some places around one migration.</summary>
    public IReadOnlyList<PlanStep> Around(IEnumerable<HookPoint> points, string migration, MigrationDirection direction, Guid runId) =>
        IsEmpty ? [] : [.. points.Select(p => At(p, migration, direction, runId)).OfType<PlanStep>()];

    /// <summary>The names of those that have run when a step ends.</summary>
    /// <param name="number">Which step, from 1.</param>
    /// <param name="total">How many steps the run has.</param>
    public IReadOnlyList<string> NamesAt(int number, int total) => Hook.NamesAt(hooks, number, total, hasEnded: false);

    /// <summary>What a hook needs, and what in it is refused.</summary>
    public ScriptAnalysis Analyze(PlanStep hook)
    {
        var key = (hook.Hook!.Value, hook.Script.HasReference ? hook.HookOf : null);
        if (_analyses.TryGetValue(key, out var known))
            return known;
        var analysis = PlannedScripts.AnalyzeOther(dialect, hook.Script);
        if (hook.Script.Code is not null)
            analysis = OfCode(hook, analysis);
        else if (analysis.OutsideTransaction && hook.Hook.Value.IsOfStep())
            analysis = analysis with { Problems = [.. analysis.Problems, Outside(hook)] };
        return _analyses[key] = analysis;
    }

    /// <summary>The steps of a plan with the hooks between them, each where it runs; that of a failure is left out.</summary>
    public IEnumerable<PlanStep> Between(MigrationPlan plan)
    {
        var direction = plan.Direction;
        if (plan.Steps.Count > 0 && At(HookPoint.BeforeRun, "", direction, Guid.Empty) is { } first)
            yield return first with
            {
                HookOf = plan.Steps[0].Migration.FullName,
            };
        foreach (var step in plan.Steps)
        {
            foreach (var hook in Around(Before, step.Migration.FullName, direction, Guid.Empty))
                yield return hook;
            yield return step;
            foreach (var hook in Around(After, step.Migration.FullName, direction, Guid.Empty))
                yield return hook;
        }

        if (plan.Steps.Count > 0 && At(HookPoint.AfterRun, "", direction, Guid.Empty) is { } last)
            yield return last with
            {
                HookOf = plan.Steps[^1].Migration.FullName,
            };
    }

    /// <summary>Whether a hook may work on the database through the run's connection.</summary>
    public bool HasConnection(PlanStep hook) => hooks.First(h => h.Point == hook.Hook).HasConnection;

    /// <summary>What in them is refused, wherever it is; each fault once.</summary>
    public IReadOnlyList<FileProblem> Check(MigrationPlan plan)
    {
        if (IsEmpty)
            return [];
        var failures = plan.Steps.Select(s => At(HookPoint.OnError, s.Migration.FullName, plan.Direction, Guid.Empty)).OfType<PlanStep>();
        return [.. Between(plan).Where(s => s.Hook is not null).Concat(failures).SelectMany(h => Analyze(h).Problems).Distinct()];
    }

    /// <summary>The points before a step.</summary>
    public static HookPoint[] Before { get; } = [HookPoint.BeforeEach, HookPoint.BeforeUndo];

    /// <summary>The points after a step.</summary>
    public static HookPoint[] After { get; } = [HookPoint.AfterUndo, HookPoint.AfterEach];

    /// <summary>The step that a session runs.</summary>
    public StepExecution ToExecution(PlanStep hook, JournalRecorder recorder) =>
        new()
        {
            Migration = hook.Migration,
            Direction = hook.Direction,
            Script = hook.Script,
            Analysis = Analyze(hook),
            Entry = recorder.Ran(
                hook.Migration.FullName,
                hook.Script,
                hook.Script.Code is null ? StatementCount.Of(dialect, hook.Script) : null
            ) with
            {
                Direction = hook.Direction,
                Description = hook.HookOf is { Length: > 0 } migration ? migration : null,
            },
        };

    /// <summary>Code around the whole run holds nothing in the database, and without the connection it takes nothing away.</summary>
    private ScriptAnalysis OfCode(PlanStep hook, ScriptAnalysis analysis)
    {
        var mayLose = HasConnection(hook);
        return analysis with { OutsideTransaction = !hook.Hook!.Value.IsOfStep(), MayLose = mayLose, MayOverwrite = mayLose };
    }

    private MigrationScript Bind(MigrationScript script, string migration, MigrationDirection direction, Guid runId)
    {
        if (!script.HasReference)
            return script;
        // The values of the place win: a hook can rely on them.
        ScriptVariable[] own =
        [
            new(MigrationName, migration),
            new(DirectionName, direction == MigrationDirection.Up ? "up" : "down"),
            new(RunName, runId.ToString()),
        ];
        var others = variables?.Variables.Where(v => !own.Any(o => string.Equals(o.Name, v.Name, StringComparison.Ordinal))) ?? [];
        var rules = script.Header.Variables;
        var header = ReferenceEquals(rules, VariableRules.Default)
            ? script.Header with
            {
                // Its values are texts: where nothing is said, they may stand in quotes.
                Variables = rules with
                {
                    Quoted = true,
                },
            }
            : script.Header;
        return VariableBinding.Bind(script with { Header = header }, dialect, new VariableSet([.. own, .. others]));
    }

    private static FileProblem Outside(PlanStep hook) =>
        new(
            ErrorId.HookInvalid,
            new ScriptLocation(hook.Script.File, hook.Script.FirstLine),
            $"A hook '{hook.Hook!.Value.Word()}' runs in the transaction of its step, and its statement cannot run in one.",
            $"Use '{HookPoint.BeforeRun.Word()}' or '{HookPoint.AfterRun.Word()}' for it."
        );

    private static Migration AsMigration(string name, MigrationScript script) =>
        new()
        {
            Key = MigrationKey.Of(name),
            Version = null,
            Name = name,
            FullName = name,
            Layout = MigrationLayout.RollbackSuffix,
            Up = script,
        };
}
