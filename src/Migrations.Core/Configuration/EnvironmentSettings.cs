using System.Globalization;

namespace Migrations.Configuration;

/// <summary>The environment variables that stand in for options. An empty variable counts as not set.</summary>
public static class EnvironmentSettings
{
    /// <summary>
    /// <c>DATABASE_URL</c>, or what the file holds that <c>DATABASE_URL_FILE</c> names: the database, where none is named.
    /// </summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: both are set, or the file cannot be read.</exception>
    public static string? Database
    {
        get
        {
            var url = Read("DATABASE_URL");
            if (Read("DATABASE_URL_FILE") is not { } file)
                return url;
            return url is null
                ? DatabaseFile.Read(Path.GetFullPath(file), "DATABASE_URL_FILE")
                : throw new MigrationException(
                    ErrorId.UsageInvalid,
                    "The environment variables DATABASE_URL and DATABASE_URL_FILE are both set.",
                    "Set one of them."
                );
        }
    }

    /// <summary><c>MIGRATION_PATH</c>: the migration folder, where none is named.</summary>
    public static string? Folder => Read("MIGRATION_PATH");

    /// <summary><c>MIGRATIONS_CONFIG</c>: the configuration file, where none is named.</summary>
    public static string? Configuration => Read("MIGRATIONS_CONFIG");

    /// <summary><c>DB_RETRY_ATTEMPTS</c>: how often a connection is tried; null when not set.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/></exception>
    public static int? ConnectAttempts
    {
        get
        {
            if (Read("DB_RETRY_ATTEMPTS") is not { } text)
                return null;
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var attempts) && attempts > 0
                ? attempts
                : throw Invalid("DB_RETRY_ATTEMPTS", text, "a whole number from 1");
        }
    }

    /// <summary><c>DB_RETRY_DELAY</c>: the pause between two tries; null when not set.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/></exception>
    public static TimeSpan? ConnectDelay
    {
        get
        {
            if (Read("DB_RETRY_DELAY") is not { } text)
                return null;
            return DurationParser.TryParse(text, out var delay) ? delay : throw Invalid("DB_RETRY_DELAY", text, DurationParser.Forms);
        }
    }

    private static string? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static MigrationException Invalid(string name, string text, string expected) =>
        new(
            ErrorId.UsageInvalid,
            $"Invalid value '{text}' of the environment variable {name}. Expected {expected}.",
            $"Set {name} to {expected}, or remove it."
        );
}
