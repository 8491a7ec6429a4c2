using System.Globalization;

namespace Migrations.Configuration;

/// <summary>The environment variables that stand in for options. An empty variable counts as not set.</summary>
public static class EnvironmentSettings
{
    /// <summary><c>DATABASE_URL</c>: the database, where none is named.</summary>
    public static string? Database => Read("DATABASE_URL");

    /// <summary><c>MIGRATION_PATH</c>: the migration folder, where none is named.</summary>
    public static string? Folder => Read("MIGRATION_PATH");

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
            $"The environment variable {name} is '{text}'; expected is {expected}.",
            $"Set {name} to {expected}, or remove it."
        );
}
