using System.Globalization;
using System.Text;
using Migrations.Testing;

namespace Migrations.Bench;

/// <summary>A folder of small migrations, and the same work as one script for a database's own shell.</summary>
internal static class Workload
{
    private const string Columns =
        "run_id, service, version, name, description, semantic_version, direction, event, checksum, applied_at, applied_by, host, "
        + "execution_time_ms, rows_affected, success, error_message, statement_index, schema_fingerprint, tool_version, script";

    public static string Up(int i) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            -- Description: step {i}
            CREATE TABLE step_{i} (id INTEGER PRIMARY KEY, name TEXT NOT NULL, amount INTEGER DEFAULT 0);
            CREATE INDEX idx_step_{i} ON step_{i}(name);
            INSERT INTO step_{i} (id, name) VALUES (1, 'one'), (2, 'two');

            """
        );

    public static string Down(int i) => string.Create(CultureInfo.InvariantCulture, $"DROP TABLE step_{i};\n");

    /// <summary>Writes so many migrations with their down scripts.</summary>
    public static string WriteFolder(TemporaryFolder place, int count)
    {
        for (var i = 1; i <= count; i++)
        {
            place.Write(string.Create(CultureInfo.InvariantCulture, $"migrations-{count}/{i:0000}_step.sql"), Up(i));
            place.Write(string.Create(CultureInfo.InvariantCulture, $"migrations-{count}/{i:0000}_step.down.sql"), Down(i));
        }

        return place[$"migrations-{count}"];
    }

    /// <summary>The statements of the same migrations, each with one row of history, in a transaction each.</summary>
    /// <param name="count">How many.</param>
    /// <param name="begin">How a transaction begins.</param>
    /// <param name="id">The type of the history's key.</param>
    public static string FloorUp(int count, string begin, string id)
    {
        var script = new StringBuilder(
            $"CREATE TABLE floor_history (id {id}, {Columns.Replace(",", " text,", StringComparison.Ordinal)} text);\n"
        );
        for (var i = 1; i <= count; i++)
            Append(script, i, begin, Up(i), "up", "applied");
        return script.ToString();
    }

    /// <summary>The same for the down scripts, last first.</summary>
    public static string FloorDown(int count, string begin)
    {
        var script = new StringBuilder();
        for (var i = count; i >= 1; i--)
            Append(script, i, begin, Down(i), "down", "rolled_back");
        return script.ToString();
    }

    private static void Append(StringBuilder script, int i, string begin, string text, string direction, string what) =>
        script
            .Append(begin)
            .Append(";\n")
            .Append(text)
            .Append(
                CultureInfo.InvariantCulture,
                $"INSERT INTO floor_history ({Columns}) VALUES ('{Guid.NewGuid()}', NULL, '{i:0000}', '{i:0000}_step', 'step "
                    + $"{i}', NULL, '{direction}', '{what}', "
            )
            .Append(
                CultureInfo.InvariantCulture,
                $"'{new string('a', 64)}', CURRENT_TIMESTAMP, 'bench', 'bench', 1, 2, 1, NULL, NULL, NULL, '0.1.0', "
                    + $"'{text.Replace("'", "''", StringComparison.Ordinal)}');\nCOMMIT;\n"
            );
}
