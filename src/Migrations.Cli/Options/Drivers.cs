using Migrations.Databases;
using Migrations.PostgreSql;
using Migrations.Sqlite;

namespace Migrations.Cli.Options;

/// <summary>The kinds of databases that this command knows: the only place that names them.</summary>
internal static class Drivers
{
    // SQLite comes last because any text may be a path.
    private static readonly Func<IDatabaseDriver>[] Makers = [static () => new PostgreSqlDriver(), static () => new SqliteDriver()];

    /// <summary>All of them, for what is not a database yet: a backup in a folder.</summary>
    public static IReadOnlyList<IDatabaseDriver> All => [.. Makers.Select(create => create())];

    /// <summary>The database that an engine's own environment variables name; null when none does.</summary>
    public static string? EnvironmentAddress => PostgreSqlDriver.EnvironmentAddress;

    /// <summary>Finds the driver for what a user gave as a database.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/></exception>
    public static (IDatabaseDriver Driver, DatabaseTarget Target) Resolve(string text, string baseFolder)
    {
        // Made one after another: a call that needs one engine does not load the other.
        foreach (var create in Makers)
        {
            var driver = create();
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
}
