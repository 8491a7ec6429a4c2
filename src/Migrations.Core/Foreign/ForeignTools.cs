using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>All tools whose histories are recognised.</summary>
internal static class ForeignTools
{
    /// <summary>Those that can be taken over with proof.</summary>
    public static IReadOnlyList<ForeignTool> All { get; } =
    [
        new SchemaVersionTool(),
        new MigrationsTableTool(),
        new D1Tool(),
        new StatusTableTool(),
        new FlywayTool(),
        new GolangMigrateTool(),
        new GooseTool(),
        new DbmateTool(),
        new EvolveTool(),
        new SqlxTool(),
        new PrismaTool(),
        new DrizzleTool(),
        new SupabaseTool(),
        new DbUpTool(),
        new NodePgMigrateTool(),
        new KnexTool(),
        new EfCoreTool(),
        new AlembicTool(),
        new LiquibaseTool(),
    ];

    private static readonly IReadOnlyList<(ForeignTool Tool, ForeignShape Shape)> Shapes =
    [
        .. All.Concat<ForeignTool>(RecognisedTool.All).SelectMany(t => t.Shapes.Select(s => (t, s))),
    ];

    /// <summary>The names of tables to look for.</summary>
    public static IReadOnlyList<string> Tables { get; } =
    [.. Shapes.SelectMany(s => new[] { s.Shape.Table, s.Shape.Beside }).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>The tool that a history says it came from; null when this version does not know it.</summary>
    public static ForeignTool? Of(string name) => name is MarkerTool.Word ? new MarkerTool() : Find(name);

    /// <summary>The tool of a name; null for an unknown one.</summary>
    public static ForeignTool? Find(string name) =>
        All.Concat<ForeignTool>(RecognisedTool.All)
            .FirstOrDefault(t =>
                string.Equals(t.Name, name, StringComparison.OrdinalIgnoreCase)
                || string.Equals(t.Title, name, StringComparison.OrdinalIgnoreCase)
            );

    /// <summary>The histories among some tables, each of the tool whose shape says most about it.</summary>
    public static IReadOnlyList<ForeignHistory> Recognise(IReadOnlyList<ForeignTable> tables) =>
        [
            .. tables
                .Select(table =>
                    (Table: table, Tool: Best(table, tables, s => s.Table.Equals(table.Name, StringComparison.OrdinalIgnoreCase)))
                )
                .Where(f => f.Tool is not null)
                .Select(f => new ForeignHistory(f.Tool!, f.Table)),
        ];

    /// <summary>Whose history a table is by its columns, whatever its name; null when no tool's fits.</summary>
    public static ForeignHistory? RecogniseByColumns(ForeignTable table, IReadOnlyList<ForeignTable> tables) =>
        Best(table, tables, _ => true) is { } tool ? new ForeignHistory(tool, table) : null;

    private static ForeignTool? Best(ForeignTable table, IReadOnlyList<ForeignTable> tables, Func<ForeignShape, bool> isNamed) =>
        Shapes
            .Where(c => isNamed(c.Shape) && c.Shape.Fits(table, tables))
            .OrderByDescending(c => c.Shape.Weight)
            .Select(c => c.Tool)
            .FirstOrDefault();
}
