using Migrations.Databases;
using Migrations.Tables;

namespace Migrations.Transfer;

/// <summary>
/// The tables of a source beside those that the target's own migrations have made: by name, without regard to case where only one name
/// fits.
/// </summary>
internal sealed class FormMatch
{
    private const string Reason = "the type of the target's column";

    private readonly List<(CopyTable Source, RowTable Target, IReadOnlyList<RowTableColumn> Columns)> _tables = [];
    private readonly List<CopyObstacle> _obstacles = [];
    private readonly List<LeftOutObject> _extra = [];
    private readonly CopyMapping _mapping;

    /// <summary>Compares the two forms.</summary>
    /// <param name="source">The tables of the source.</param>
    /// <param name="target">The tables of the target.</param>
    /// <param name="mapping">The names by which they are to be found there.</param>
    public FormMatch(IReadOnlyList<CopyTable> source, IReadOnlyList<RowTable> target, CopyMapping mapping)
    {
        _mapping = mapping;
        foreach (var table in source)
        {
            if (Find(target, mapping.TableName(table.Name), t => t.Name) is { } there)
                Add(table, there);
            else
                _obstacles.Add(new CopyObstacle(table.Name, Column: null, "the target has no such table", [], Rows: null));
        }

        var used = _tables.Select(t => t.Target).ToHashSet();
        _extra.AddRange(
            target
                .Where(t => !used.Contains(t))
                .Select(t => new LeftOutObject(
                    "table of the target",
                    t.Name,
                    Table: null,
                    "Only the target has it; it is left as it is.",
                    Text: null
                ))
        );
    }

    /// <summary>The tables of the target that get rows.</summary>
    public IReadOnlyList<RowTable> Targets => [.. _tables.Select(t => t.Target)];

    /// <summary>Why the rows cannot be copied.</summary>
    public IReadOnlyList<CopyObstacle> Obstacles => _obstacles;

    /// <summary>The scope with the types of the target's columns, by the source's names.</summary>
    /// <param name="scope">What the caller has chosen, which goes first.</param>
    public CopyScope Typed(CopyScope scope)
    {
        var types = new Dictionary<string, ColumnType>(StringComparer.OrdinalIgnoreCase);
        foreach (var (table, _, columns) in _tables)
        {
            foreach (var (own, there) in table.Columns.Zip(columns))
            {
                if (there.Type is { } type)
                    types[$"{table.Name}.{own.Name}"] = type;
            }
        }

        var reasons = types
            .Keys.Except(scope.Types.Keys, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(c => c, _ => Reason, StringComparer.OrdinalIgnoreCase);
        foreach (var (column, reason) in scope.Reasons)
            reasons[column] = reason;
        foreach (var (column, type) in scope.Types)
            types[column] = type;
        return scope with { Types = types, Reasons = reasons };
    }

    /// <summary>What a copy would do with the target.</summary>
    /// <param name="statements">The migrations that it would run.</param>
    /// <param name="obstacles">What stands in the way.</param>
    /// <param name="emptied">The tables that would be emptied.</param>
    public TargetPlan Describe(IReadOnlyList<string> statements, IReadOnlyList<CopyObstacle> obstacles, IReadOnlyList<string> emptied) =>
        new()
        {
            Tables =
            [
                .. _tables.Select(t => new TargetTable(
                    t.Source.Name,
                    t.Target.Shown,
                    [.. t.Source.Columns.Zip(t.Columns, (own, there) => new TargetColumn(own.Name, there.Name, there.Declared))]
                )),
            ],
            Statements = statements,
            LeftOut = _extra,
            Obstacles = obstacles,
            Replaced = emptied,
        };

    /// <summary>The tables as they are copied.</summary>
    /// <param name="planned">The source's tables with the types of their columns.</param>
    public IReadOnlyList<TableMove> Moves(IReadOnlyList<CopyTable> planned) =>
        [.. _tables.Zip(planned, (match, plan) => Move(plan, match.Target, match.Columns))];

    private static TableMove Move(CopyTable plan, RowTable target, IReadOnlyList<RowTableColumn> columns)
    {
        var pairs = plan.Columns.Zip(columns).Where(p => target.ReturnsComputed || !p.Second.IsComputed).ToList();
        return new TableMove(
            plan with
            {
                Columns = [.. pairs.Select(p => p.First)],
            },
            new CopyTable
            {
                Name = target.Name,
                Rows = plan.Rows,
                Columns =
                [
                    .. pairs.Select(p =>
                        p.First with
                        {
                            Name = p.Second.Name,
                            Declared = p.Second.Declared,
                            Generated = null,
                            Default = null,
                        }
                    ),
                ],
            },
            [.. Enumerable.Range(0, pairs.Count).Where(i => !pairs[i].Second.IsComputed)]
        );
    }

    private void Add(CopyTable table, RowTable there)
    {
        var columns = new List<RowTableColumn>();
        foreach (var column in table.Columns)
        {
            if (Find(there.Columns, _mapping.ColumnName(table.Name, column.Name), c => c.Name) is { } found)
                columns.Add(found);
            else
                _obstacles.Add(new CopyObstacle(table.Name, column.Name, $"{there.Shown} has no such column", [], Rows: null));
        }

        foreach (var extra in there.Columns.Except(columns).Where(c => !c.IsComputed))
        {
            if (extra.IsRequired)
                _obstacles.Add(
                    new CopyObstacle(
                        table.Name,
                        extra.Name,
                        $"{there.Shown} demands a value for this column, and the source has no such column",
                        [],
                        Rows: null
                    )
                );
            else
                _extra.Add(
                    new LeftOutObject(
                        "column of the target",
                        extra.Name,
                        table.Name,
                        "Only the target has it; the rows get its default.",
                        Text: null
                    )
                );
        }

        if (columns.Count == table.Columns.Count)
            _tables.Add((table, there, columns));
    }

    private static T? Find<T>(IReadOnlyList<T> all, string name, Func<T, string> nameOf)
        where T : class
    {
        var same = all.Where(item => string.Equals(nameOf(item), name, StringComparison.OrdinalIgnoreCase)).ToList();
        return same.Find(item => string.Equals(nameOf(item), name, StringComparison.Ordinal)) ?? (same.Count == 1 ? same[0] : null);
    }
}
