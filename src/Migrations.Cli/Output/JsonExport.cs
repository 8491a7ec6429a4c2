namespace Migrations.Cli.Output;

/// <summary>A script that was written for a client; its text where it went to no file.</summary>
internal sealed record JsonExport(
    string Database,
    string? Service,
    string Client,
    MigrationDirection Direction,
    bool Idempotent,
    IReadOnlyList<string> Migrations,
    IReadOnlyList<string> Secrets,
    string? File,
    string? Text
)
{
    public static JsonExport Of(ExportedScript script, string? text) =>
        new(
            script.Database,
            script.Service,
            script.Client.Word(),
            script.Direction,
            script.IsIdempotent,
            script.Migrations,
            script.Secrets,
            script.File,
            text
        );
}
