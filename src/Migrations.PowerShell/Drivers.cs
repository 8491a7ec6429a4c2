using Migrations.Databases;
using Migrations.PostgreSql;
using Migrations.Sqlite;

namespace Migrations.PowerShell;

/// <summary>The kinds of databases that the module knows: the only place that names them.</summary>
internal static class Drivers
{
    /// <summary>All of them. SQLite comes last because any text may be a path.</summary>
    public static IReadOnlyList<IDatabaseDriver> All { get; } = [new PostgreSqlDriver(), new SqliteDriver()];

    /// <summary>The database that an engine's own environment variables name; null when none does.</summary>
    public static string? EnvironmentAddress => PostgreSqlDriver.EnvironmentAddress;

    /// <summary>Finds the driver for what a user gave as a database.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/></exception>
    public static (IDatabaseDriver Driver, DatabaseTarget Target) Resolve(string text, string baseFolder)
    {
        foreach (var driver in All)
        {
            if (driver.Parse(text, baseFolder) is { } target)
                return (driver, target);
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
