using Migrations.Diagrams;
using Migrations.Integrity;
using Migrations.Schema;

namespace Migrations.Cli.Output;

// The shapes that --output json promises for schemas, checks and rehearsals.

internal sealed record JsonCheck(
    string Database,
    string Name,
    string Category,
    CheckStatus Status,
    string? Expected,
    string? Actual,
    string Message,
    string? Recommendation,
    string? Target,
    double DurationMs
)
{
    public static JsonCheck Of(CheckResult r) =>
        new(
            r.Database,
            r.Name,
            r.Category.Word(),
            r.Status,
            r.Expected,
            r.Actual,
            r.Message,
            r.Recommendation,
            r.Target,
            Math.Round(r.Duration.TotalMilliseconds, 3)
        );
}

internal sealed record JsonDifference(
    DifferenceKind Kind,
    SchemaObjectType ObjectType,
    string Name,
    string? Left,
    string? Right,
    string? Fix
)
{
    public static JsonDifference Of(SchemaDifference d) => new(d.Kind, d.ObjectType, d.Name, d.Left, d.Right, d.Fix);
}

internal sealed record JsonSchemaObject(
    string Database,
    SchemaObjectType Type,
    string Name,
    string? Table,
    int? Position,
    string Definition,
    string? CreateSql
)
{
    public static JsonSchemaObject Of(DatabaseTarget target, SchemaObject o) =>
        new(target.Display, o.Type, o.Name, o.Table, o.Position == 0 ? null : o.Position, o.Definition, o.CreateSql);
}

internal sealed record JsonSchemaSql(string Database, string Fingerprint, string Sql);

internal sealed record JsonSchemaDiagram(string Database, string Fingerprint, DiagramFormat Format, string Diagram);

internal sealed record JsonTableChange(string Table, long Inserted, long Updated, long Deleted);

internal sealed record JsonTableRows(string Table, long? Rows);

/// <summary><c>Changed</c> is null where the table has too many rows to compare them one by one.</summary>
internal sealed record JsonValueDifference(string Table, long? Changed, long Missing, long Extra);

internal sealed record JsonTableLock(string Table, string Mode, int Line, double HeldMs);

internal sealed record JsonRehearsal(
    string Database,
    string? Version,
    string Name,
    bool Applies,
    UndoVerdict UndoVerdict,
    bool? UndoProven,
    IReadOnlyList<JsonDifference> Differences,
    double DurationMs,
    double? UndoDurationMs,
    int Statements,
    IReadOnlyList<JsonTableChange> RowsChanged,
    IReadOnlyList<JsonTableRows> RowsLost,
    IReadOnlyList<JsonTableRows> ValuesCompared,
    IReadOnlyList<JsonValueDifference> ValueDifferences,
    bool WithData,
    IReadOnlyList<JsonDifference> ObjectsChanged,
    IReadOnlyList<JsonTableLock> Locks,
    IReadOnlyList<string> Rewrites,
    IReadOnlyList<JsonLostObject> ObjectsLost,
    IReadOnlyList<string> Hooks,
    IReadOnlyList<string> HooksSkipped,
    string? NotRun,
    JsonError? Failure
)
{
    public static JsonRehearsal Of(DatabaseTarget target, RehearsalResult r) =>
        new(
            r.Database,
            r.Version?.Text,
            r.Name,
            r.Applies,
            r.UndoVerdict,
            r.UndoProven,
            [.. r.Differences.Select(JsonDifference.Of)],
            Math.Round(r.Duration.TotalMilliseconds, 3),
            r.UndoDuration is { } took ? Math.Round(took.TotalMilliseconds, 3) : null,
            r.Statements,
            [.. r.RowsChanged.Select(c => new JsonTableChange(c.Table, c.Inserted, c.Updated, c.Deleted))],
            [.. r.RowsLost.Select(t => new JsonTableRows(t.Table, t.Rows))],
            [.. r.ValuesCompared.Select(t => new JsonTableRows(t.Table, t.Rows))],
            [.. r.ValueDifferences.Select(d => new JsonValueDifference(d.Table, d.Changed, d.Missing, d.Extra))],
            r.WithData,
            [.. r.ObjectsChanged.Select(JsonDifference.Of)],
            [.. r.Locks.Select(l => new JsonTableLock(l.Table, l.Mode, l.Line, Math.Round(l.Held.TotalMilliseconds, 3)))],
            r.Rewrites,
            JsonLostObject.Of(r.ObjectsLost),
            r.Hooks,
            r.HooksSkipped,
            r.NotRun,
            r.Failure is { } failure ? JsonError.Of(target, failure) : null
        );
}

/// <summary>What a step would lose; <c>NotForeseen</c> where only a rehearsal can determine it.</summary>
internal sealed record JsonLoss(
    DataLossKind? Kind,
    string? Name,
    long? Rows,
    bool? IsEstimate,
    bool? IsHidden,
    int? Line,
    string? NotForeseen
)
{
    public static IReadOnlyList<JsonLoss> Of(StepLoss step) =>
        [
            .. step.Forecast.Losses.Select(l => new JsonLoss(l.Kind, l.Name, l.Rows, l.IsEstimate, l.IsHidden, l.Line, NotForeseen: null)),
            .. step.Forecast.NotForeseen.Select(text => new JsonLoss(
                Kind: null,
                Name: null,
                Rows: null,
                IsEstimate: null,
                IsHidden: null,
                Line: null,
                text
            )),
        ];
}
