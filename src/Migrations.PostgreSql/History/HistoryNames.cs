using System.Globalization;
using System.Text;
using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>
/// Refuses names of the history's table and schema that the server would take for others. It cuts off what is longer than 63 bytes
/// (<see href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS"/>), so that two names would be one
/// table, with two locks.
/// </summary>
internal static class HistoryNames
{
    private const int MostBytes = 63;

    /// <summary>Looks at the names before anything is connected.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>.</exception>
    public static void Check(SessionOptions options)
    {
        Check(options.HistoryTable, "history table", $"{CallOption.HistoryTable}");
        if (options.HistorySchema is not { } schema)
            return;
        Check(schema, "history schema", $"{CallOption.HistorySchema}");
        // The server refuses to create such a schema, and in its own ones nothing can be created.
        if (schema.StartsWith("pg_", StringComparison.Ordinal))
            throw Wrong(
                $"The history schema '{schema}' has a name that PostgreSQL keeps for itself: it begins with 'pg_'.",
                $"Give another name with {CallOption.HistorySchema}."
            );
    }

    private static void Check(string name, string what, Advice option)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw Wrong($"The name of the {what} is empty.", $"Give a name with {option}, or leave the option out.");
        if (name.Contains('\0', StringComparison.Ordinal))
            throw Wrong($"The name of the {what} holds a NUL character.", $"Give another name with {option}.");
        var bytes = Encoding.UTF8.GetByteCount(name);
        if (bytes > MostBytes)
        {
            throw Wrong(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The name of the {what} has {bytes} bytes: '{name}'. PostgreSQL takes {MostBytes} and silently cuts off the rest."
                ),
                $"Give a shorter name with {option}."
            );
        }
    }

    private static MigrationException Wrong(string message, Advice nextStep) => new(ErrorId.UsageInvalid, message, nextStep);
}
