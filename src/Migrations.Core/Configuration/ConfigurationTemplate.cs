namespace Migrations.Configuration;

/// <summary>Writes a configuration file to begin with. Never over one that exists.</summary>
public static class ConfigurationTemplate
{
    /// <summary>The text.</summary>
    public const string Text = """
        {
          // docs/configuration.md lists all settings; migrations.schema.json checks them in an editor.
          "defaultEnvironment": "local",
          "path": "migrations",
          "environments": {
            "local": {
              "database": "local.db"
            },
            "production": {
              "confirm": true,
              "database": "${PRODUCTION_DATABASE_URL}",
              "timeouts": { "lock": "60s", "tableLock": "5s" }
            }
          }
        }

        """;

    /// <summary>The file that is meant: the one that is named, or the file of the usual name in the folder.</summary>
    public static string PathOf(string? named, string folder) => Path.GetFullPath(named ?? MigrationConfiguration.FileName, folder);

    /// <summary>Writes it.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: the file exists, or cannot be written.</exception>
    public static void Create(string path)
    {
        try
        {
            using var file = new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write));
            file.Write(Text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"The configuration file cannot be created: {e.Message}",
                $"Name another file with {CallOption.Config}, or edit the one that is there.",
                e
            );
        }
    }
}
