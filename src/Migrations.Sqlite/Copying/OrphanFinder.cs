using Migrations.Sqlite.Native;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>Finds rows whose foreign keys point to nothing: SQLite lets them be, other engines refuse the key.</summary>
internal static class OrphanFinder
{
    /// <summary>Finds them, for the keys whose parents are copied too.</summary>
    public static IEnumerable<CopyObstacle> Find(SqliteHandle handle, SourceTable table, List<CopyTable> planned)
    {
        var copied = planned.Find(t => string.Equals(t.Name, table.Item.Name, StringComparison.Ordinal))!.ForeignKeys;
        if (copied.Count == 0)
            return [];
        var found = new Dictionary<string, (long Count, List<string> Keys)>(StringComparer.Ordinal);
        try
        {
            // https://sqlite.org/pragma.html#pragma_foreign_key_check
            using var rows = handle.Prepare($"PRAGMA main.foreign_key_check({table.Shape.Quoted})");
            while (rows.Step())
            {
                var parent = copied.FirstOrDefault(k => SqliteNames.Comparer.Equals(k.Parent, rows.Text(2)))?.Parent;
                if (parent is null)
                    continue;
                var (count, keys) = found.GetValueOrDefault(parent, (0, []));
                if (keys.Count < ColumnScan.MostKeys && !rows.IsNull(1))
                    keys.Add($"{table.KeyColumns[0]} {rows.Text(1)}");
                found[parent] = (count + 1, keys);
            }
        }
        catch (SqliteFailure e) when (e.PrimaryCode == SqliteCodes.Error)
        {
            // A key whose parent has no unique key cannot be checked, nor made: the target says so.
        }

        return found.Select(f => new CopyObstacle(
            table.Item.Name,
            Column: null,
            $"rows without a parent in {f.Key}",
            f.Value.Keys,
            f.Value.Count
        ));
    }
}
