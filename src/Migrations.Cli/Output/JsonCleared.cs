namespace Migrations.Cli.Output;

internal sealed record JsonClearedTable(string Name, long? Rows);

internal sealed record JsonCleared(
    string Database,
    JsonTarget? Target,
    string? Service,
    MigrationOutcome Outcome,
    IReadOnlyList<JsonClearedTable> Tables,
    long Rows,
    IReadOnlyList<string> Stayed,
    IReadOnlyList<string> Applied,
    string? Seed,
    double DurationMs
)
{
    public static JsonCleared Of(ClearResult r) =>
        new(
            r.Database,
            r.Target is null ? null : JsonTarget.Of(r.Target),
            r.Service,
            r.Outcome,
            [.. r.Tables.Where(t => !t.IsHistory).Select(t => new JsonClearedTable(t.Name, t.Rows))],
            r.Rows,
            r.Stayed,
            r.Applied,
            r.Seed,
            Math.Round(r.Duration.TotalMilliseconds, 3)
        );
}
