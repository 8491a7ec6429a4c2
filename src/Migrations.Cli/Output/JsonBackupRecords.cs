using System.Text.Json.Serialization;
using Migrations.Backup;

namespace Migrations.Cli.Output;

// The shapes that --output json promises for backups. They name every field in its order; a field that is not known is null, not left out.

/// <summary>A backup. <c>Checks</c> is there with <c>--prove</c> only.</summary>
internal sealed record JsonBackup(
    string Path,
    string Database,
    string Engine,
    string? EngineVersion,
    BackupFormat? Format,
    bool Compressed,
    DateTime CreatedAt,
    long Size,
    string? Sha256,
    string? MigrationVersion,
    string? LastMigration,
    string? SchemaFingerprint,
    bool Proven,
    DateTime? ProvenAt,
    double? DurationMs,
    string? Globals,
    string? Problem,
    IReadOnlyList<JsonFault>? Faults,
    IReadOnlyList<string>? UnseenCode,
    string? Kept,
    bool IsDatabase,
    string? Stamp,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<JsonCheck>? Checks = null
)
{
    public static JsonBackup Of(DatabaseBackup b) =>
        new(
            b.Path,
            b.Database,
            b.Engine,
            b.EngineVersion,
            b.Format,
            b.Compressed,
            b.CreatedAt.UtcDateTime,
            b.Size,
            b.Sha256,
            b.MigrationVersion,
            b.LastMigration,
            b.SchemaFingerprint,
            b.Proven,
            b.ProvenAt?.UtcDateTime,
            b.Duration is { } took ? Math.Round(took.TotalMilliseconds, 3) : null,
            b.Globals,
            b.Problem,
            b.Faults is null ? null : [.. b.Faults.Select(f => new JsonFault(f.Kind, f.Object, f.Detail, f.Count))],
            b.UnseenCode,
            b.Kept,
            b.IsDatabase,
            b.Stamp
        );
}

internal sealed record JsonFault(string Kind, string Object, string Detail, long Count);

internal sealed record JsonVerification(
    string Path,
    string Database,
    bool Proven,
    int Failed,
    int NotRun,
    double DurationMs,
    IReadOnlyList<JsonCheck> Checks
)
{
    public static JsonVerification Of(BackupVerification v) =>
        new(
            v.Path,
            v.Database,
            v.Proven,
            v.Failed,
            v.NotRun,
            Math.Round(v.Duration.TotalMilliseconds, 3),
            [.. v.Checks.Select(JsonCheck.Of)]
        );
}

internal sealed record JsonRestore(
    string Database,
    string Backup,
    string? Kept,
    string How,
    IReadOnlyList<string> LeftOut,
    string? MigrationVersion,
    string? Stamp,
    double DurationMs,
    IReadOnlyList<JsonCheck> Checks
)
{
    public static JsonRestore Of(RestoreResult r) =>
        new(
            r.Database,
            r.Backup,
            r.Kept,
            r.How,
            r.LeftOut,
            r.MigrationVersion,
            r.Stamp,
            Math.Round(r.Duration.TotalMilliseconds, 3),
            [.. r.Checks.Select(JsonCheck.Of)]
        );
}

internal sealed record JsonRetention(
    string Path,
    string Database,
    DateTime CreatedAt,
    long Size,
    bool Proven,
    bool Keep,
    bool Removed,
    string Reason
)
{
    public static JsonRetention Of(RetentionDecision d, bool whatIf) =>
        new(
            d.Backup.Path,
            d.Backup.Database,
            d.Backup.CreatedAt.UtcDateTime,
            d.Backup.Size,
            d.Backup.Proven,
            d.Keep,
            !d.Keep && !whatIf,
            d.Reason
        );
}

internal sealed record JsonSalvage(string Database, string Destination, string Table, long Rows, string? Lost);
