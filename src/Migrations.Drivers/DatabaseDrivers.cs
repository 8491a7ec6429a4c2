using Migrations.Databases;
using Migrations.PostgreSql;
using Migrations.Sqlite;

namespace Migrations;

/// <summary>The kinds of databases: the only place that names all of them.</summary>
public static class DatabaseDrivers
{
    // SQLite comes last because any text may be a path.
    private static readonly Lazy<IDatabaseDriver>[] Each = [new(static () => new PostgreSqlDriver()), new(static () => new SqliteDriver())];

    /// <summary>All of them, for what is not a database yet: a backup in a folder.</summary>
    public static IReadOnlyList<IDatabaseDriver> All => [.. Each.Select(d => d.Value)];

    /// <summary>The database that an engine's own environment variables name; null when none does.</summary>
    public static string? EnvironmentAddress => PostgreSqlDriver.EnvironmentAddress;

    /// <summary>Finds the driver for what a user gave as a database.</summary>
    /// <param name="text">A path, a URL or a connection string.</param>
    /// <param name="baseFolder">The folder that relative file paths start from.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/>: no engine's form. The message never repeats the
    /// text.</exception>
    public static (IDatabaseDriver Driver, DatabaseTarget Target) Resolve(string text, string baseFolder)
    {
        // Made one after another: a call that needs one engine does not load the other.
        foreach (var driver in Each)
        {
            if (driver.Value.Parse(text, baseFolder) is { } target)
                return (driver.Value, target);
        }

        // The text is not repeated: it may hold a password.
        throw new MigrationException(
            ErrorId.TargetInvalid,
            "Unrecognized database.",
            "Use a file path (shop.db, sqlite:shop.db), a URL (postgres://user@host:5432/shop) or an Npgsql "
                + "connection string (Host=...;Database=...)."
        );
    }

    /// <summary>The driver of a target.</summary>
    public static IDatabaseDriver Of(DatabaseTarget target) =>
        All.First(d => string.Equals(d.Engine, target.Engine, StringComparison.Ordinal));
}
