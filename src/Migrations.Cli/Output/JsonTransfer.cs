using Migrations.Tables;
using Migrations.Transfer;

namespace Migrations.Cli.Output;

// The shapes that --output json promises for copies and comparisons of rows.

internal sealed record JsonTableCopy(
    string Source,
    string Database,
    string Kind,
    string Table,
    string? TargetTable,
    CopyOutcome Outcome,
    long Rows,
    long Rejected,
    long Bytes,
    double DurationMs,
    double? MegabytesPerSecond,
    string? SourceDigest,
    string? TargetDigest,
    bool? Equal,
    bool IsComplete,
    IReadOnlyList<ColumnCopy> Columns,
    IReadOnlyList<LeftOutObject> LeftOut
)
{
    public static JsonTableCopy Of(TableCopy c) =>
        new(
            c.Source,
            c.Database,
            c.Kind,
            c.Table,
            c.TargetTable,
            c.Outcome,
            c.Rows,
            c.Rejected,
            c.Bytes,
            Math.Round(c.Duration.TotalMilliseconds, 3),
            c.MegabytesPerSecond,
            c.SourceDigest,
            c.TargetDigest,
            c.Equal,
            c.IsComplete,
            c.Columns,
            c.LeftOut
        );
}

/// <summary>What a copy would run, and what is in its way; after the objects for the tables.</summary>
internal sealed record JsonCopyPlan(
    string Source,
    string Database,
    IReadOnlyList<string> Statements,
    IReadOnlyList<CopyObstacle> Obstacles,
    IReadOnlyList<string> Replaced
)
{
    public static JsonCopyPlan Of(DatabaseTarget source, DatabaseTarget target, CopyForecast f) =>
        new(source.Display, target.Display, f.Statements, f.Obstacles, f.Replaced);
}

internal sealed record JsonTableComparison(
    string Left,
    string Right,
    string Table,
    bool Equal,
    long? LeftRows,
    long? RightRows,
    string? LeftDigest,
    string? RightDigest,
    IReadOnlyList<string> Key,
    IReadOnlyList<string> LeftColumns,
    IReadOnlyList<string> RightColumns,
    IReadOnlyList<RowDifference> Differences,
    bool HasMore,
    double DurationMs
)
{
    public static JsonTableComparison Of(TableComparison c) =>
        new(
            c.Left,
            c.Right,
            c.Table,
            c.Equal,
            c.LeftRows,
            c.RightRows,
            c.LeftDigest,
            c.RightDigest,
            c.Key,
            c.LeftColumns,
            c.RightColumns,
            c.Differences,
            c.HasMore,
            Math.Round(c.Duration.TotalMilliseconds, 3)
        );
}
