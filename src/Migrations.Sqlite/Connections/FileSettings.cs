using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// What scripts say of the file itself. SQLite heeds these pragmas only while the file is empty, or at the next VACUUM (<see
/// href="https://sqlite.org/pragma.html#pragma_page_size"/>), or outside of a transaction (<see
/// href="https://sqlite.org/pragma.html#pragma_journal_mode"/>), and says nothing otherwise.
/// </summary>
internal sealed class FileSettings(SqliteHandle handle)
{
    private const string Wal = "WAL";

    private static readonly string[] JournalModes = ["DELETE", "TRUNCATE", "PERSIST", "MEMORY", Wal, "OFF"];

    private readonly Dictionary<string, (string Value, bool IsInside)> _asked = new(StringComparer.Ordinal);

    /// <summary>Remembers what a statement asks for.</summary>
    public void Observe(StatementHead head)
    {
        if (
            head is { Kind: StatementKind.Pragma, Name: "page_size" or "auto_vacuum" or "encoding" or "journal_mode", Value: { } value }
            && (head.Schema is null || SqliteNames.Comparer.Equals(head.Schema, KeylessSchema.Schema))
        )
            _asked[head.Name] = (value, handle.InTransaction);
    }

    /// <summary>What was asked for and is not so, one sentence each.</summary>
    public IEnumerable<string> Ineffective()
    {
        foreach (var (name, (value, isInside)) in _asked)
        {
            if (handle.QueryText("PRAGMA main." + name) is not { } actual || IsSame(name, value, actual))
                continue;
            yield return $"PRAGMA {name} = {value} has no effect, because {Reason(name, value, isInside)} It is {actual}.";
        }
    }

    private string Reason(string name, string value, bool isInside) =>
        name switch
        {
            "journal_mode" when !IsJournalMode(value) => $"there is no such mode: the modes are {string.Join(", ", JournalModes)}.",
            "journal_mode" when SqlitePragmas.IsNoJournal(value) =>
                "a failure in the middle of a change would destroy the database without a journal on disk.",
            "journal_mode" when isInside =>
                "it stands in a transaction, in which SQLite does not change the mode: put it before BEGIN or behind COMMIT, or into a"
                    + " migration of its own.",
            "journal_mode" => "SQLite cannot use that mode for this file, or the file system does not allow it.",
            "encoding" => "the database was not empty: its encoding cannot be changed later.",
            "page_size" when !IsPageSize(value) => "a page size is a power of two from 512 to 65536.",
            "page_size" when handle.QueryText("PRAGMA main.journal_mode") is "wal" =>
                "the database is in WAL mode, in which not even VACUUM changes it: run PRAGMA journal_mode = DELETE, the pragma and VACUUM,"
                    + " in a migration with '-- Transaction: none'.",
            _ => "the database was not empty: to change it, run VACUUM behind the pragma in a migration with '-- Transaction: none'.",
        };

    private static bool IsPageSize(string value) =>
        int.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out var size)
        && size is >= 512 and <= 65536
        && int.IsPow2(size);

    /// <summary>Forgets what was asked for.</summary>
    public void Forget() => _asked.Clear();

    private static bool IsSame(string name, string asked, string actual) =>
        name switch
        {
            "auto_vacuum" => string.Equals(
                asked.ToUpperInvariant() switch
                {
                    "NONE" => "0",
                    "FULL" => "1",
                    "INCREMENTAL" => "2",
                    _ => asked,
                },
                actual,
                StringComparison.Ordinal
            ),
            // The other modes hold for the connection, and end with the script.
            "journal_mode" when SqlitePragmas.IsNoJournal(asked) => string.Equals(asked, actual, StringComparison.OrdinalIgnoreCase),
            "journal_mode" => IsJournalMode(asked) && IsWal(asked) == IsWal(actual),
            "encoding" => Plain(actual).StartsWith(Plain(asked), StringComparison.Ordinal),
            _ => string.Equals(asked, actual, StringComparison.Ordinal),
        };

    private static bool IsJournalMode(string mode) => JournalModes.Contains(mode, StringComparer.OrdinalIgnoreCase);

    private static bool IsWal(string mode) => string.Equals(mode, Wal, StringComparison.OrdinalIgnoreCase);

    private static string Plain(string encoding) => encoding.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();
}
