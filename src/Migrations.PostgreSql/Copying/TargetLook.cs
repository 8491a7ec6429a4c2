using Migrations.Databases;
using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>Looks at a database that is to be copied into: what stands in the way, what would be run, and what would be replaced.</summary>
/// <param name="catalogue">Reads what is there.</param>
/// <param name="schema">The schema that takes the tables.</param>
/// <param name="recreates">Whether tables and views of the same names are dropped.</param>
internal sealed class TargetLook(TargetCatalogue catalogue, string schema, bool recreates)
{
    // The most that the server allows (https://www.postgresql.org/docs/current/limits.html).
    private const int MostColumns = 1600;

    // https://www.postgresql.org/docs/current/ddl-system-columns.html
    private static readonly string[] SystemColumns = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

    private readonly List<string> _replacedViews = [];

    /// <summary>The tables that are to be dropped, by their names in the plan.</summary>
    public IReadOnlyList<string> Replaced { get; private set; } = [];

    /// <summary>The views that are to be dropped.</summary>
    public IReadOnlyList<string> ReplacedViews => _replacedViews;

    /// <summary>Looks.</summary>
    public async Task<TargetPlan> FindAsync(CopyPlan plan, CancellationToken cancellationToken)
    {
        var there = await catalogue.RelationsAsync(schema, cancellationToken).ConfigureAwait(false);
        var obstacles = new List<CopyObstacle>();
        foreach (var table in plan.Tables)
            obstacles.AddRange(await FindObstaclesAsync(table, there, cancellationToken).ConfigureAwait(false));
        Replaced = recreates
            ? [.. plan.Tables.Where(t => there.GetValueOrDefault(TargetNames.Of(t.Name)) is 'r' or 'p').Select(t => t.Name)]
            : [];
        foreach (var view in plan.Views.Where(v => there.ContainsKey(TargetNames.Of(v.Name))))
        {
            if (!recreates || there[TargetNames.Of(view.Name)] is not 'v')
                obstacles.Add(Obstacle(view.Name, $"{TargetNames.Qualified(schema, view.Name)} exists"));
            else
                _replacedViews.Add(view.Name);
        }

        return Describe(plan, obstacles);
    }

    private TargetPlan Describe(CopyPlan plan, List<CopyObstacle> obstacles)
    {
        var parts = plan.Tables.Select(t => new TableScript(schema, t)).ToList();
        List<ScriptPart> finish =
        [
            .. parts.SelectMany(p => p.Finish()),
            .. parts.SelectMany(p => p.ForeignKeys()),
            .. new ViewScript(schema, plan).Write(),
        ];
        var created = plan.Tables.Select(t => ComputedColumns.Creation(schema, t)).ToList();
        return new TargetPlan
        {
            Tables = [.. plan.Tables.Select(Describe)],
            Statements =
            [
                .. created.Select(c => c.Statement),
                .. finish.Select(p => p.Statement).OfType<string>(),
                .. parts.Select(p => p.Numbering()).OfType<string>(),
            ],
            LeftOut =
            [
                .. created.SelectMany(c => c.LeftOut),
                .. finish.Where(p => p.Refusal is not null).Select(p => p.LeftOut(p.Refusal!)),
                .. plan.FullTexts.Select(f => FullTextAdvice.Of(f, plan, schema)),
            ],
            Obstacles = obstacles,
            Replaced = [.. _replacedViews.Concat(Replaced).Select(t => TargetNames.Qualified(schema, t))],
        };
    }

    private TargetTable Describe(CopyTable table) =>
        new(
            table.Name,
            TargetNames.Qualified(schema, table.Name),
            [.. table.Columns.Select(c => new TargetColumn(c.Name, TargetNames.Of(c.Name), TargetNames.TypeOf(c.Type)))]
        );

    private async Task<List<CopyObstacle>> FindObstaclesAsync(
        CopyTable table,
        Dictionary<string, char> there,
        CancellationToken cancellationToken
    )
    {
        List<CopyObstacle> found = [.. OfForm(table)];
        found.AddRange(
            table
                .FullTexts.Where(c => table.Columns.Any(o => string.Equals(o.Name, SearchColumn.NameOf(c), StringComparison.Ordinal)))
                .Select(c => Obstacle(table.Name, $"a column {SearchColumn.NameOf(c)} is to be made for the search, and exists"))
        );
        if (there.TryGetValue(TargetNames.Of(table.Name), out var kind))
        {
            var name = TargetNames.Qualified(schema, table.Name);
            if (kind is 'r' or 'p' && recreates)
                return found;
            found.Add(
                Obstacle(
                    table.Name,
                    kind is not ('r' or 'p') ? $"{name} exists and is no table"
                        : await catalogue.HasRowsAsync(name, cancellationToken).ConfigureAwait(false) ? $"{name} exists and is not empty"
                        : $"{name} exists"
                )
            );
        }

        found.AddRange(
            table
                .Indexes.Where(i => there.ContainsKey(TargetNames.Of(i.Name)))
                .Select(i => Obstacle(table.Name, $"{TargetNames.Qualified(schema, i.Name)} exists, and an index is to have this name"))
        );
        return found;
    }

    private static IEnumerable<CopyObstacle> OfForm(CopyTable table)
    {
        if (table.Columns.Count > MostColumns)
            yield return Obstacle(table.Name, $"it has {table.Columns.Count} columns, and a table of PostgreSQL {MostColumns} at most") with
            {
                IsOfForm = true,
            };
        foreach (var column in table.Columns.Where(c => Array.IndexOf(SystemColumns, c.Name) >= 0))
            yield return new CopyObstacle(table.Name, column.Name, "PostgreSQL has a column of this name in every table", [], Rows: null)
            {
                IsOfForm = true,
            };
    }

    private static CopyObstacle Obstacle(string table, string problem) => new(table, Column: null, problem, [], Rows: null);
}
