using System.Globalization;
using Migrations.Databases;

namespace Migrations.Sqlite;

/// <summary>
/// What stops a script with words. The clients know no conditions, so it is a table whose constraints have the words for names: the row
/// that breaks one is an error that shows them.
/// </summary>
/// <param name="place">What the script is for.</param>
/// <param name="rows">The history's statements.</param>
internal sealed class ScriptGuard(ClientScriptPlace place, ScriptRows rows)
{
    private const string Missing = "the migration history is missing: this is not the database that the script was made for";
    private const string Changed =
        "the migration history is not as it was when the script was made: nothing more is run, make a new script";
    private const string Keys = "the migration leaves foreign keys broken that were not: it is rolled back";

    private readonly string _name = place.Client == ScriptClient.D1 ? "migrations_guard" : "temp.migrations_guard";

    /// <summary>Whether the history's table is there.</summary>
    public required bool HasTable { get; init; }

    /// <summary>Creates the table.</summary>
    public string Create =>
        $"""
            CREATE {(place.Client == ScriptClient.D1 ? "" : "TEMP ")}TABLE migrations_guard (
                is_there INTEGER CONSTRAINT "{Missing}" CHECK (is_there IS NOT 0),
                is_unchanged INTEGER CONSTRAINT "{Changed}" CHECK (is_unchanged IS NOT 0),
                keys_hold INTEGER CONSTRAINT "{Keys}" CHECK (keys_hold IS NOT 0));
            """;

    /// <summary>Drops it.</summary>
    public string Drop => $"DROP TABLE {_name};";

    /// <summary>Demands that the history is as it was.</summary>
    public IEnumerable<string> DemandHistory()
    {
        var isThere =
            $"EXISTS (SELECT 1 FROM main.sqlite_master WHERE type = 'table' AND name = {ScriptRows.SqlText(place.Options.HistoryTable)})";
        if (!HasTable)
        {
            yield return Demand("is_unchanged", $"NOT {isThere}");
            yield break;
        }

        yield return Demand("is_there", isThere);
        var last = place.Last is { } entry
            ? string.Create(
                CultureInfo.InvariantCulture,
                $" AND coalesce(max(id), 0) = {entry.Id} AND EXISTS (SELECT 1 FROM {rows.Table} WHERE id = {entry.Id} "
                    + $"AND run_id = {ScriptRows.SqlText(entry.RunId.ToString())})"
            )
            : "";
        yield return Demand("is_unchanged", $"count(*) = {Number(place.Rows)}{last} FROM {rows.Table} WHERE {rows.IsOwn}");
    }

    /// <summary>Demands, in the transaction of a part, that no other run has written the history meanwhile.</summary>
    /// <param name="written">How many rows the script has written.</param>
    public string DemandRows(int written) =>
        Demand("is_unchanged", $"count(*) = {Number(place.Rows + written)} FROM {rows.Table} WHERE {rows.IsOwn}");

    /// <summary>Remembers the foreign keys that are broken.</summary>
    public static string RememberKeys => $"CREATE TEMP TABLE migrations_keys AS {BrokenKeys};";

    /// <summary>Demands that no others are.</summary>
    /// <param name="closes">Whether none may be.</param>
    public IEnumerable<string> DemandKeys(bool closes)
    {
        yield return Demand("keys_hold", $"NOT EXISTS ({BrokenKeys}{(closes ? "" : " EXCEPT SELECT * FROM temp.migrations_keys")})");
        yield return "DROP TABLE temp.migrations_keys;";
    }

    private const string BrokenKeys = "SELECT \"table\", \"rowid\", \"parent\", \"fkid\" FROM pragma_foreign_key_check";

    private string Demand(string column, string condition) => $"INSERT INTO {_name} ({column}) SELECT {condition};";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
