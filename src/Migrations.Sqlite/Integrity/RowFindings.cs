using System.Globalization;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// What SQLite's own check says of rows that break the rules of their table: a CHECK, a NOT NULL, the type of a STRICT table, a unique
/// index (<see href="https://sqlite.org/pragma.html#pragma_integrity_check"/>). Such rows come in where a program switches the rules off,
/// or rewrites them over rows that are there; the file itself is sound. A copy of its pages has them from its source.
/// </summary>
internal static class RowFindings
{
    /// <summary>The engine's check that finds them.</summary>
    public const string Check = "integrity";

    // The check of a database of this size takes a twentieth of what its backup takes; of a larger one it takes more than that.
    private const long QuickSize = 512 * 1024;

    private static readonly string[] Beginnings =
    [
        "NULL value in ",
        "CHECK constraint failed in ",
        "non-",
        "TEXT value in ",
        "NUMERIC value in ",
        "INTEGER value in ",
    ];

    /// <summary>Whether a finding is about rows, and not about the file.</summary>
    public static bool IsOne(string finding) => Array.Exists(Beginnings, b => finding.StartsWith(b, StringComparison.Ordinal));

    /// <summary>The findings as faults, each with its number of rows.</summary>
    public static IReadOnlyList<DatabaseFault> Faults(IEnumerable<string> findings) =>
        [
            .. findings
                .GroupBy(f => f, StringComparer.Ordinal)
                .Select(g => new DatabaseFault(Check, g.Key, Rows(g.Count()), g.Count()) { IsOfPages = true }),
        ];

    /// <summary>Finds them in a database of which every row is read anyway, or which is small.</summary>
    /// <param name="handle">The connection.</param>
    /// <param name="isReadAnyway">Whether what is done beside it reads every row.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static IReadOnlyList<DatabaseFault> Find(SqliteHandle handle, bool isReadAnyway, CancellationToken cancellationToken)
    {
        var size = handle.QueryInt64("PRAGMA main.page_count") * handle.QueryInt64("PRAGMA main.page_size");
        if (!isReadAnyway && size > QuickSize)
            return [];
        try
        {
            return Faults(All(handle).Where(IsOne));
        }
        catch (SqliteFailure e) when (!e.IsBusy && !cancellationToken.IsCancellationRequested)
        {
            return []; // Damage is no fault that a copy may have: the proof finds it.
        }
    }

    /// <summary>The first finding that is not about rows; null where all are.</summary>
    /// <exception cref="SqliteFailure">The database is too damaged to be checked.</exception>
    public static string? FindDamage(SqliteHandle handle) => All(handle).FirstOrDefault(f => !IsOne(f) && f is not "ok");

    /// <summary>What finds the rows.</summary>
    public static string Search(string table, string finding)
    {
        var column = finding[(finding.LastIndexOf('.') + 1)..];
        return finding.StartsWith("NULL value in ", StringComparison.Ordinal)
                ? $"SELECT * FROM {table} WHERE typeof({SqliteNames.Show(column)}) = 'null';"
            : finding.StartsWith("CHECK", StringComparison.Ordinal)
                ? $"SELECT * FROM {table} WHERE NOT (<what the CHECK of {table} demands>);"
            : finding.Contains(" value in ", StringComparison.Ordinal)
                ? $"SELECT typeof({SqliteNames.Show(column)}), * FROM {table} ORDER BY 1;"
            : $"PRAGMA integrity_check({table});";
    }

    /// <summary>A number of rows in words.</summary>
    public static string Rows(int count) => count == 1 ? "1 row" : count.ToString(CultureInfo.InvariantCulture) + " rows";

    private static IEnumerable<string> All(SqliteHandle handle)
    {
        using var rows = handle.Prepare($"PRAGMA main.quick_check({int.MaxValue})");
        while (rows.Step())
        {
            foreach (var line in (rows.Text(0) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!line.StartsWith("***", StringComparison.Ordinal))
                    yield return line;
            }
        }
    }
}
