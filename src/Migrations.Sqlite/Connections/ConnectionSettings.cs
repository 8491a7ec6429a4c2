using System.Globalization;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// The settings of a connection that change what a script means. Each is set, because libraries are built with different defaults, and
/// read back. They are those of the <c>sqlite3</c> shell (<see href="https://sqlite.org/cli.html"/>), except that foreign keys are
/// enforced. Above all a text in double quotes that names no column is a literal (<see href="https://sqlite.org/quirks.html#dblquote"/>):
/// without that, a database with <c>CHECK (a &lt;&gt; "x")</c> cannot be opened, renamed in or vacuumed.
/// </summary>
internal static class ConnectionSettings
{
    private const int NoCheckpointOnClose = 1006;

    // The names are SQLite's own, after SQLITE_DBCONFIG_ (https://sqlite.org/c3ref/c_dbconfig_defensive.html).
    private static readonly (int Number, string Name, bool On)[] Switches =
    [
        (1002, "ENABLE_FKEY", true),
        (1003, "ENABLE_TRIGGER", true),
        (1010, "DEFENSIVE", false),
        (1011, "WRITABLE_SCHEMA", false),
        (1012, "LEGACY_ALTER_TABLE", false),
        (1013, "DQS_DML", true),
        (1014, "DQS_DDL", true),
        (1015, "ENABLE_VIEW", true),
        (1017, "TRUSTED_SCHEMA", true),
    ];

    private static readonly (string Pragma, long Value)[] Pragmas = [("recursive_triggers", 0), ("synchronous", 2)];

    /// <summary>Sets them all.</summary>
    /// <param name="handle">The connection.</param>
    /// <param name="keepsLog">Whether a write-ahead log stays as it is when the connection closes.</param>
    /// <exception cref="MigrationException">The library does not do what it was asked to.</exception>
    public static void Set(SqliteHandle handle, bool keepsLog)
    {
        foreach (var (number, name, on) in Switches)
        {
            // What the library does not know it was not built to change: a setting younger than the library.
            if ((handle.Api.Configure(handle.Pointer, number, on) ?? on) != on)
                throw Refused("SQLITE_DBCONFIG_" + name, on ? 1 : 0);
        }

        foreach (var (pragma, value) in Pragmas)
        {
            handle.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA {pragma}={value}"));
            if (handle.QueryInt64("PRAGMA " + pragma) != value)
                throw Refused("PRAGMA " + pragma, value);
        }

        _ = handle.Api.Configure(handle.Pointer, NoCheckpointOnClose, keepsLog);
    }

    /// <summary>The error of a library that keeps a setting as it was built.</summary>
    internal static MigrationException Refused(string setting, long wanted) =>
        new(
            ErrorId.DatabaseInvalid,
            string.Create(CultureInfo.InvariantCulture, $"SQLite {SqliteLibrary.Current} does not set {setting} to {wanted}."),
            $"Use another SQLite library: remove or change the environment variable {SqliteLibrary.OverrideVariable}."
        );
}
