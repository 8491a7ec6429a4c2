using Migrations.Generating;

namespace Migrations.Cli.Output;

/// <summary>What --output json promises of a migration, or an undo, that was written for the user.</summary>
internal sealed record JsonGenerated(
    string Database,
    string? Version,
    string Name,
    GenerationOutcome Outcome,
    UndoVerdict UndoVerdict,
    IReadOnlyList<string> Replaces,
    IReadOnlyList<string> Files,
    IReadOnlyList<string> Archived,
    string? Up,
    string? Down,
    IReadOnlyList<string> UpLosses,
    IReadOnlyList<string> DownLosses,
    IReadOnlyList<string> Unfilled,
    IReadOnlyList<string> Reasons,
    IReadOnlyList<JsonDifference> Differences
)
{
    public static JsonGenerated Of(GeneratedMigration g) =>
        new(
            g.Database,
            g.Version?.Text,
            g.Name,
            g.Outcome,
            g.UndoVerdict,
            g.Replaces,
            g.Files,
            g.Archived,
            g.Up,
            g.Down,
            g.UpLosses,
            g.DownLosses,
            g.Unfilled,
            g.Reasons,
            [.. g.Differences.Select(JsonDifference.Of)]
        );
}
