using Migrations.Databases;
using Migrations.Foreign;
using Migrations.History;
using Migrations.Planning;

namespace Migrations.Running;

/// <summary>Keeps the table of the tool whose history was taken over in step: each step says there what it says in the history.</summary>
/// <param name="tool">The tool.</param>
/// <param name="table">Its table.</param>
/// <param name="history">The history before the run.</param>
internal sealed class StepMirror(ForeignTool tool, WrittenTable table, HistoryView history)
{
    private readonly HashSet<MigrationVersion> _applied = [.. history.Applied.Select(r => r.Version).OfType<MigrationVersion>()];

    private bool _hasRun;

    /// <summary>The statements that go with the first step before its own: they create the table where it may be missing.</summary>
    public IReadOnlyList<string> First { get; init; } = [];

    /// <summary>The mirror; null where none was asked for, or the table is gone.</summary>
    public static async Task<StepMirror?> FindAsync(IForeignTables tables, HistoryView history, CancellationToken cancellationToken)
    {
        if (history.TakenOver is not { IsKeptInStep: true } takenOver || ForeignTools.Of(takenOver.Tool) is not { } tool)
            return null;
        var name = takenOver.Table[(takenOver.Table.LastIndexOf('.') + 1)..];
        var found = await tables.FindAsync([name], cancellationToken).ConfigureAwait(false);
        if (found.FirstOrDefault(t => string.Equals(t.Display, takenOver.Table, StringComparison.Ordinal)) is not { } table)
            return null;
        var rows = await tables.ReadAsync(table, cancellationToken).ConfigureAwait(false);
        return new StepMirror(tool, new WrittenTable(table, rows), history);
    }

    /// <summary>The statements that go with a step. Steps must be asked in the order in which they run.</summary>
    public IReadOnlyList<string> Of(PlanStep step)
    {
        var isUp = step.Direction == MigrationDirection.Up;
        if (step.Migration.Version is { } version)
            _ = isUp ? _applied.Add(version) : _applied.Remove(version);
        var statements = isUp ? tool.Record(table, step.Migration, _applied.Max()) : tool.Remove(table, step.Migration, _applied.Max());
        var isFirst = !_hasRun;
        _hasRun = true;
        return isFirst && First.Count > 0 ? [.. First, .. statements] : statements;
    }
}
