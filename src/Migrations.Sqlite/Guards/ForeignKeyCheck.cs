using System.Globalization;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Finds rows without their parents, and for foreign keys that cannot be enforced (<see
/// href="https://sqlite.org/pragma.html#pragma_foreign_key_check"/>).
/// </summary>
/// <param name="handle">The connection.</param>
/// <param name="cancellationToken">Stops it.</param>
internal sealed class ForeignKeyCheck(SqliteHandle handle, CancellationToken cancellationToken)
{
    /// <summary>The check's name.</summary>
    public const string Name = "foreign-keys";

    private const int MostShown = 5;

    /// <summary>Checks every table that has foreign keys.</summary>
    /// <returns>A failed check for each key that is violated; a passed one when none is.</returns>
    /// <exception cref="SqliteFailure">The database is damaged, or another connection stands in the way.</exception>
    public IReadOnlyList<CheckResult> Run()
    {
        var image = SchemaImage.Read(handle, KeylessSchema.Schema, isKeyless: false);
        var results = new List<CheckResult>();
        foreach (var child in image.ForeignKeys.Where(k => !IsQuicklySound(k)).Select(k => k.Child).Distinct(SqliteNames.Comparer))
        {
            try
            {
                results.AddRange(
                    Violations(child)
                        .Select(v =>
                            Violated(
                                child,
                                image.ForeignKeys.Find(k => SqliteNames.Comparer.Equals(k.Child, child) && k.Id == v.Key),
                                v.Value
                            )
                        )
                );
            }
            catch (SqliteFailure e) when (e.PrimaryCode == SqliteCodes.Error && !cancellationToken.IsCancellationRequested)
            {
                results.Add(Unenforceable(child, e.Message));
            }
        }

        return results.Count > 0
            ? results
            : [Result(CheckStatus.Pass, image.ForeignKeys.Count == 0 ? "There are no foreign keys." : "Every row has its parents.")];
    }

    /// <summary>
    /// Whether an index shows that every row has its parent: it gives each value once and in order, where the check looks up the parent of
    /// every row. Only the usual key is asked in this way, one column to an INTEGER PRIMARY KEY: both ways compare such values as numbers.
    /// </summary>
    private bool IsQuicklySound(ForeignKey key)
    {
        if (
            key.ChildColumns is not [var column]
            || key.ParentColumns.Count > 1
            || !HasIndex(key.Child, column)
            || FindNumber(key) is not { } number
        )
            return false;
        return handle.QueryInt64(
            $"SELECT 1 FROM (SELECT DISTINCT {SqliteNames.Quote(column)} AS v FROM main.{SqliteNames.Quote(key.Child)})"
                + $" WHERE v IS NOT NULL AND NOT EXISTS (SELECT 1 FROM main.{SqliteNames.Quote(key.Parent)} p WHERE "
                + $"p.{SqliteNames.Quote(number)} = v) LIMIT 1"
        )
            is null;
    }

    /// <summary>Whether a whole index begins with a column.</summary>
    private bool HasIndex(string table, string column) =>
        handle.QueryInt64(
            $"SELECT 1 FROM pragma_index_list({SqliteNormalForm.Literal(table)}, 'main') l, pragma_index_info(l.name, 'main') i"
                + " WHERE NOT l.partial AND i.seqno = 0 AND i.name = ?1 COLLATE NOCASE LIMIT 1",
            column
        )
            is not null;

    /// <summary>The parent's INTEGER PRIMARY KEY, if that is what the key points to.</summary>
    private string? FindNumber(ForeignKey key)
    {
        var columns = new List<(string Name, string Type)>();
        using var rows = handle.Prepare(
            $"SELECT name, type FROM pragma_table_info({SqliteNormalForm.Literal(key.Parent)}, 'main') WHERE pk > 0"
        );
        while (rows.Step())
            columns.Add((rows.Text(0)!, rows.Text(1) ?? ""));
        return
            columns is [var only]
            && string.Equals(only.Type, "INTEGER", StringComparison.OrdinalIgnoreCase)
            && (key.ParentColumns.Count == 0 || SqliteNames.Comparer.Equals(key.ParentColumns[0], only.Name))
            ? only.Name
            : null;
    }

    private SortedDictionary<long, (long Count, List<string> Rows, string Parent)> Violations(string child)
    {
        var found = new SortedDictionary<long, (long Count, List<string> Rows, string Parent)>();
        using var rows = handle.Prepare($"PRAGMA main.foreign_key_check({SqliteNames.Quote(child)})");
        while (rows.Step())
        {
            var (count, shown, parent) = found.GetValueOrDefault(rows.Int64(3), (0, [], rows.Text(2) ?? ""));
            if (shown.Count < MostShown && !rows.IsNull(1))
                shown.Add(rows.Text(1)!);
            found[rows.Int64(3)] = (count + 1, shown, parent);
        }

        return found;
    }

    private static CheckResult Violated(string child, ForeignKey? key, (long Count, List<string> Rows, string Parent) found)
    {
        var rows = found.Rows.Count == 0 ? "" : $": rowid {string.Join(", ", found.Rows)}{(found.Count > found.Rows.Count ? ", ..." : "")}";
        var without = $"{(found.Count == 1 ? "has" : "have")} no parent in '{found.Parent}'";
        return Result(
            CheckStatus.Fail,
            $"{Rows(found.Count)} of '{child}' {without}{(key is null ? "" : $" (foreign key {key})")}{rows}."
        ) with
        {
            Expected = "0 rows without a parent",
            Actual = Rows(found.Count),
            Target = SqliteNames.Show(child),
            NextStep = $"Find them with PRAGMA foreign_key_check({SqliteNames.Show(child)}), and delete them or give them their parents.",
            Faults =
            [
                new DatabaseFault(
                    Name,
                    key?.ToString() ?? $"'{child}' to '{found.Parent}'",
                    $"{Rows(found.Count)} {without}{rows}",
                    found.Count
                ),
            ],
        };
    }

    private static CheckResult Unenforceable(string child, string reason) =>
        Result(CheckStatus.Fail, $"The foreign keys of '{child}' cannot be checked, nor enforced: {reason}.") with
        {
            Target = SqliteNames.Show(child),
            NextStep = "Give the parent a primary key or a unique index on the columns that the foreign key points to.",
            Faults = [new DatabaseFault(Name, $"'{child}'", $"its foreign keys can be neither checked nor enforced: {reason}")],
        };

    private static CheckResult Result(CheckStatus status, string message) =>
        new()
        {
            Name = Name,
            Category = CheckCategory.Engine,
            Status = status,
            Message = message,
        };

    private static string Rows(long count) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} row{(count == 1 ? "" : "s")}");
}
