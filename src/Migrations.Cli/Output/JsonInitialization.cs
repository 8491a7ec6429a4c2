namespace Migrations.Cli.Output;

/// <summary>What an initialization did, or would do.</summary>
internal sealed record JsonInitialization(
    string Database,
    string? Service,
    InitializationOutcome Outcome,
    bool Created,
    string? Script,
    IReadOnlyList<string> Applied,
    string? Seed,
    string? Stamp,
    double DurationMs
)
{
    public static JsonInitialization Of(InitializationResult r) =>
        new(r.Database, r.Service, r.Outcome, r.Created, r.Script, r.Applied, r.Seed, r.Stamp, Math.Round(r.Duration.TotalMilliseconds, 3));
}
