using Migrations.Databases;
using Migrations.History;
using Migrations.Running;
using Migrations.Sql;

namespace Migrations.Exporting;

/// <summary>Cuts a plan into what runs in one transaction each, as a run does.</summary>
/// <param name="dialect">How the scripts are read.</param>
/// <param name="recorder">Makes the rows of the history.</param>
/// <param name="client">The client.</param>
/// <param name="mirror">Keeps another tool's table in step; null where none is.</param>
internal sealed class ScriptParts(ISqlDialect dialect, JournalRecorder recorder, ScriptClient client, StepMirror? mirror)
{
    /// <summary>The parts, in order.</summary>
    public IReadOnlyList<ClientScriptPart> Of(PlannedRun planned, HookScripts hooks)
    {
        var direction = planned.Plan.Direction;
        var groups = new StepGroups(
            recorder,
            mirror,
            (points, step) =>
                [
                    .. hooks
                        .Around(points, step.Migration.FullName, direction, recorder.RunId)
                        .Select(hook => hooks.ToExecution(hook, recorder)),
                ]
        ).Of(planned.Plan, planned.Analyses, concludes: false);
        List<ClientScriptPart> parts = groups.Count == 0 ? [] : [.. OfRun(Find(HookPoint.BeforeRun))];
        if (planned.Plan.TransactionMode == TransactionMode.All && groups.Count > 0)
            parts.Add(new ClientScriptPart([.. groups.Select(g => GroupOf(g.Number, g.All))]));
        else
            parts.AddRange(groups.SelectMany(OfEach));
        if (groups.Count > 0)
            parts.AddRange(OfRun(Find(HookPoint.AfterRun)));
        return parts;

        StepExecution? Find(HookPoint point) =>
            hooks.At(point, "", direction, recorder.RunId) is { } hook ? hooks.ToExecution(hook, recorder) : null;
    }

    /// <summary>A hook of the whole run.</summary>
    private IEnumerable<ClientScriptPart> OfRun(StepExecution? hook)
    {
        if (hook is null)
            yield break;
        yield return new ClientScriptPart([new ClientScriptGroup(Number: null, [WithText(hook)])])
        {
            Statements = hook.Analysis.OutsideTransaction
                ? dialect.Split(hook.Script).Select(s => new ClientScriptStatement(s, [], []))
                : null,
        };
    }

    private IEnumerable<ClientScriptPart> OfEach(StepGroup group)
    {
        if (!group.Step.Analysis.OutsideTransaction)
            return [new ClientScriptPart([GroupOf(group.Number, group.All)])];
        // Each of its hooks in a transaction of its own.
        return group.All.Select(step => new ClientScriptPart([GroupOf(group.Number, [step])])
        {
            Statements = ReferenceEquals(step, group.Step) ? StatementsOf(step) : null,
        });
    }

    private ClientScriptGroup GroupOf(int number, IEnumerable<StepExecution> steps) => new(number, [.. steps.Select(WithText)]);

    private StepExecution WithText(StepExecution step) =>
        // D1 takes no statement longer than 100,000 bytes.
        client == ScriptClient.D1
            ? step
            : step with
            {
                Entry = step.Entry with { Script = recorder.StoredText(step.Script) },
            };

    private IEnumerable<ClientScriptStatement> StatementsOf(StepExecution step)
    {
        List<JournalEntry>? held = null;
        foreach (var (statement, checksum) in StatementRun.WithChecksums(dialect, step.Script))
        {
            var mark = dialect.MarkOf(statement);
            var progress = Row(step, JournalEvent.Progress, statement, checksum);
            List<JournalEntry> before = held is null ? [Row(step, JournalEvent.Started, statement, checksum)] : [];
            if (mark == TransactionMark.Begin)
                held = [];
            held?.Add(progress);
            if (mark == TransactionMark.Commit)
                before.AddRange(held ?? []);
            yield return new ClientScriptStatement(statement, before, held is null ? [progress] : []);
            if (mark == TransactionMark.Commit)
                held = null;
        }
    }

    private JournalEntry Row(StepExecution step, JournalEvent what, ScriptStatement statement, string checksum) =>
        recorder.Entry(step.Migration, step.Direction, what) with
        {
            StatementIndex = statement.Index,
            Checksum = checksum,
        };
}
