namespace Migrations.Generating;

/// <summary>Makes migrations of texts that are in no file yet, so that they can be run on a scratch database.</summary>
internal static class GeneratedScript
{
    /// <summary>A migration of a text.</summary>
    public static Migration Migration(string name, string up, string? down = null) =>
        new()
        {
            Key = MigrationKey.Of(name),
            Version = null,
            Name = name,
            FullName = name,
            Layout = MigrationLayout.DownSuffix,
            Up = MigrationScript.OfText(name, up),
            Down = down is null ? null : MigrationScript.OfText(name + " (undo)", down),
        };
}
