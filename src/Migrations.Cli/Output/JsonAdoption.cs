using Migrations.Adoption;

namespace Migrations.Cli.Output;

/// <summary>What of another tool's history was, or would be, taken over.</summary>
internal sealed record JsonAdoption(
    string Database,
    string? Service,
    string Tool,
    string Table,
    bool Written,
    AdoptionVerdict Verdict,
    string? NotRun,
    string? SqlPath,
    IReadOnlyList<JsonAdoptedMigration> Migrations,
    IReadOnlyList<string> Pending,
    IReadOnlyList<string> UnmatchedEntries,
    IReadOnlyList<string> UnmatchedFiles,
    IReadOnlyList<JsonDifference> Differences,
    IReadOnlyList<string> Obstacles,
    bool KeptInStep
)
{
    public static JsonAdoption Of(AdoptionResult r) =>
        new(
            r.Database,
            r.Service,
            r.Tool,
            r.Table,
            r.IsWritten,
            r.Verdict,
            r.NotRun,
            r.SqlPath,
            [.. r.Migrations.Select(JsonAdoptedMigration.Of)],
            r.Pending,
            r.UnmatchedEntries,
            r.UnmatchedFiles,
            [.. r.Differences.Select(JsonDifference.Of)],
            r.Obstacles,
            r.IsKeptInStep
        );
}

internal sealed record JsonAdoptedMigration(
    string Name,
    string? Version,
    string RecordedAs,
    bool Inferred,
    DateTime? AppliedAt,
    ContentMatch Content,
    AdoptionProof Proof,
    string File
)
{
    public static JsonAdoptedMigration Of(AdoptedMigration m) =>
        new(m.Name, m.Version?.Text, m.RecordedAs, m.IsInferred, m.AppliedAt?.UtcDateTime, m.Content, m.Proof, m.File);
}

/// <summary>What taking an adoption back did, or would do.</summary>
internal sealed record JsonAdoptionUndo(
    string Database,
    string? Service,
    string Tool,
    string Table,
    bool Written,
    IReadOnlyList<string> Sql
)
{
    public static JsonAdoptionUndo Of(AdoptionUndoResult r) => new(r.Database, r.Service, r.Title, r.Table, r.IsWritten, r.Statements);
}
