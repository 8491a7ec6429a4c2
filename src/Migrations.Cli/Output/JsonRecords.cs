using System.Text.Json.Serialization;
using Migrations.History;
using Migrations.Planning;

namespace Migrations.Cli.Output;

// The shapes that --output json promises. They name every field in its order; a field that is not known is null, not left out.

internal sealed record JsonTarget(string Engine, string Display, string Database)
{
    public static JsonTarget Of(DatabaseTarget target) => new(target.Engine, target.Display, target.Database);
}

internal sealed record JsonStatus(
    string Database,
    JsonTarget Target,
    string? Service,
    string? Version,
    string Name,
    string? RecordedAs,
    bool IsRenumbered,
    string? Description,
    string? SemanticVersion,
    MigrationKind Kind,
    MigrationState State,
    bool HasUndo,
    bool IsIrreversible,
    UndoVerdict UndoVerdict,
    bool? UndoProven,
    DateTime? AppliedAt,
    string? AppliedBy,
    double? DurationMs,
    long? RowsAffected,
    string? Checksum,
    ScriptChange Change,
    string? Error,
    IReadOnlyList<string> OpenForeignKeys,
    string? AdoptedFrom,
    AdoptionProof? AdoptionProof,
    string? ForeignHistory,
    string Path,
    string? File
)
{
    public static JsonStatus Of(MigrationStatus s) =>
        new(
            s.Database,
            JsonTarget.Of(s.Target),
            s.Service,
            s.Version?.Text,
            s.Name,
            s.RecordedAs,
            s.IsRenumbered,
            s.Description,
            s.SemanticVersion,
            s.Kind,
            s.State,
            s.HasUndo,
            s.IsIrreversible,
            s.UndoVerdict,
            s.UndoProven,
            s.AppliedAt?.UtcDateTime,
            s.AppliedBy,
            s.Duration is { } took ? Math.Round(took.TotalMilliseconds, 3) : null,
            s.RowsAffected,
            s.Checksum,
            s.Change,
            s.Error,
            s.OpenForeignKeys,
            s.AdoptedFrom,
            s.AdoptionProof,
            s.ForeignHistory,
            s.Path,
            s.File
        );
}

internal sealed record JsonSummary(
    string Database,
    string Engine,
    string EngineVersion,
    string? Service,
    int Total,
    int Applied,
    int Pending,
    int Failed,
    string? Current,
    bool Healthy,
    string? LockedBy,
    DateTime? LastRun,
    bool Exists,
    string? Stamp,
    string? ForeignHistory
)
{
    public static JsonSummary Of(DatabaseStatus s) =>
        new(
            s.Database,
            s.Engine,
            s.EngineVersion,
            s.Service,
            s.Total,
            s.Applied,
            s.Pending,
            s.Failed,
            s.Current?.Text,
            s.Healthy,
            s.LockedBy,
            s.LastRun?.UtcDateTime,
            s.Exists,
            s.Stamp,
            s.ForeignHistory
        );
}

internal sealed record JsonEvent(
    string Database,
    long Id,
    Guid RunId,
    string? Service,
    string? Version,
    string Name,
    string? Description,
    string? SemanticVersion,
    MigrationKind? Kind,
    MigrationDirection Direction,
    JournalEvent Event,
    string? Checksum,
    DateTime AppliedAt,
    string AppliedBy,
    string Host,
    long? DurationMs,
    long? RowsAffected,
    bool Success,
    string? Error,
    int? StatementIndex,
    int? Statements,
    string? SchemaFingerprint,
    string ToolVersion
)
{
    public static JsonEvent Of(DatabaseTarget target, JournalEntry e) =>
        new(
            target.Display,
            e.Id,
            e.RunId,
            e.Service,
            e.Version,
            e.Name,
            e.Description,
            e.SemanticVersion,
            e.Kind,
            e.Direction,
            e.Event,
            e.Checksum,
            e.AppliedAt.UtcDateTime,
            e.AppliedBy,
            e.Host,
            e.ExecutionTimeMs,
            e.RowsAffected,
            e.Success,
            e.ErrorMessage,
            e.StatementIndex,
            e.Statements,
            e.SchemaFingerprint,
            e.ToolVersion
        );
}

/// <summary>How long one migration took each time it was applied.</summary>
internal sealed record JsonProfile(
    string Database,
    string? Service,
    string? Version,
    string Name,
    int Runs,
    double LastMs,
    double MedianMs,
    double LongestMs,
    int? Statements,
    long? RowsAffected,
    double Share
)
{
    public static JsonProfile Of(MigrationProfile p) =>
        new(
            p.Database,
            p.Service,
            p.Version,
            p.Name,
            p.Runs,
            p.Last.TotalMilliseconds,
            p.Median.TotalMilliseconds,
            p.Longest.TotalMilliseconds,
            p.Statements,
            p.RowsAffected,
            Math.Round(p.Share, 4)
        );
}

/// <summary>A step of a run. <c>Sql</c> and <c>Losses</c> are there with <c>--what-if</c> only.</summary>
internal sealed record JsonResult(
    string Database,
    string? Service,
    string? Version,
    string Name,
    MigrationDirection Direction,
    MigrationOutcome Outcome,
    double DurationMs,
    long? RowsAffected,
    int Statements,
    string? Backup,
    string? Error,
    string? File,
    IReadOnlyList<JsonLostObject> ObjectsLost,
    IReadOnlyList<string> Hooks,
    IReadOnlyList<string> HooksSkipped,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Sql = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<JsonLoss>? Losses = null
)
{
    public static JsonResult Of(MigrationResult r) =>
        new(
            r.Database,
            r.Service,
            r.Version?.Text,
            r.Name,
            r.Direction,
            r.Outcome,
            Math.Round(r.Duration.TotalMilliseconds, 3),
            r.RowsAffected,
            r.Statements,
            r.Backup,
            r.Error,
            r.File,
            JsonLostObject.Of(r.ObjectsLost),
            r.Hooks,
            r.HooksSkipped
        );

    public static JsonResult Of(
        DatabaseTarget target,
        string? service,
        MigrationPlan plan,
        int at,
        IReadOnlyList<string> sql,
        IReadOnlyList<StepLoss> losses
    ) =>
        new(
            target.Display,
            service,
            plan.Steps[at].Migration.Version?.Text,
            plan.Steps[at].Migration.FullName,
            plan.Steps[at].Direction,
            MigrationOutcome.WhatIf,
            0,
            null,
            sql.Count,
            null,
            null,
            plan.Steps[at].Script.File,
            JsonLostObject.Of([.. losses.SelectMany(l => l.Forecast.ObjectsLost)]),
            plan.HooksOf(at),
            plan.HooksSkipped,
            sql,
            [.. losses.SelectMany(JsonLoss.Of)]
        );

    public static JsonResult Of(DatabaseTarget target, string? service, MigrationDirection direction, PlanSkip skip) =>
        new(
            target.Display,
            service,
            skip.Migration.Version?.Text,
            skip.Migration.FullName,
            direction,
            MigrationOutcome.Skipped,
            0,
            null,
            0,
            null,
            skip.Reason,
            skip.Migration.Script(direction)?.File,
            [],
            [],
            []
        );
}

internal sealed record JsonLostObject(string Kind, string Name, string? Table, string? Sql, LostObjectWeight Weight)
{
    public static IReadOnlyList<JsonLostObject> Of(IReadOnlyList<LostObject> lost) =>
        [.. lost.Select(l => new JsonLostObject(l.Kind, l.Name, l.Table, l.Sql, l.Weight))];
}

internal sealed record JsonRepair(
    string Database,
    string? Version,
    string Name,
    string Repair,
    string Compared,
    IReadOnlyList<JsonStatementDifference> Differences
)
{
    public static JsonRepair Of(RepairResult r) =>
        new(
            r.Database,
            r.Version?.Text,
            r.Name,
            r.Repair,
            r.Compared,
            [.. r.Differences.Select(d => new JsonStatementDifference(d.Line, d.Applied, d.Current))]
        );
}

internal sealed record JsonStatementDifference(int Line, string? Applied, string? Current);

internal sealed record JsonFile(string File);

internal sealed record JsonProblem(string Id, string Message, string Remedy, string File, int Line, int? Column)
{
    public static JsonProblem Of(FileProblem p) =>
        new(p.Id.ToString(), p.Message, p.Remedy.ToString(), p.Location.File, p.Location.Line, p.Location.Column);
}

internal sealed record JsonError(
    string Id,
    string Category,
    string Message,
    string NextStep,
    string? Database,
    string? File,
    int? Line,
    int? Column,
    string? Statement,
    string? Code,
    string? Detail,
    string? Hint,
    IReadOnlyList<string> Applied,
    IReadOnlyList<string> NotApplied,
    string? InDatabase,
    IReadOnlyList<JsonProblem> Problems
)
{
    public static JsonError Of(DatabaseTarget? target, MigrationException e)
    {
        var statement = e as StatementException;
        return new(
            e.Id.ToString(),
            e.Category.ToString(),
            e.Message,
            e.NextStep.ToString(),
            target?.Display,
            (e.Location ?? e.Configured)?.File,
            (e.Location ?? e.Configured)?.Line,
            (e.Location ?? e.Configured)?.Column,
            statement?.Statement,
            statement?.Code,
            statement?.Detail,
            statement?.Hint,
            [.. e.Applied.Select(r => r.Name)],
            e.NotApplied,
            e.InDatabase,
            e is FolderException folder ? [.. folder.Problems.Select(JsonProblem.Of)] : []
        );
    }

    public static JsonError Of(DatabaseTarget? target, Exception e) =>
        new(
            e.GetType().Name,
            "Unexpected",
            e.Message,
            "Check the database with: migrations status.",
            target?.Display,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            [],
            [],
            null,
            []
        );
}

internal sealed record JsonErrorLine(JsonError Error);

internal sealed record JsonWarning(string Message, string? Database = null, int? Attempt = null, int? Attempts = null);

internal sealed record JsonWarningLine(JsonWarning Warning);

/// <summary>A setting of the configuration that is in force.</summary>
internal sealed record JsonSetting(string? Service, string Name, string Value, string Source);
