using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Finds foreign keys of the whole database that point to nothing, or whose rows have no parent (<see
/// href="https://sqlite.org/pragma.html#pragma_foreign_key_check"/>).
/// </summary>
internal static class OpenForeignKeys
{
    /// <summary>Finds them.</summary>
    public static IReadOnlyList<(ForeignKey Key, string Message)> Find(SqliteHandle handle)
    {
        var image = SchemaImage.Read(handle, KeylessSchema.Schema, isKeyless: false);
        var found = new List<(ForeignKey, string)>();
        foreach (var child in image.ForeignKeys.GroupBy(k => k.Child, SqliteNames.Comparer))
        {
            var sound = child.Where(k => image.FindUnsoundness(k) is null).ToList();
            found.AddRange(child.Except(sound).Select(k => (k, $"{k}: {image.FindUnsoundness(k)}")));
            // A table with one key that cannot be checked is not checked at all: SQLite refuses to.
            if (sound.Count < child.Count(k => image.Tables.Contains(k.Parent)))
                continue;
            found.AddRange(
                Count(handle, child.Key)
                    .Where(c => sound.Exists(k => k.Id == c.Key))
                    .Select(c => (sound.Find(k => k.Id == c.Key)!, Sentence(sound.Find(k => k.Id == c.Key)!, c.Value)))
            );
        }

        return found;
    }

    private static string Sentence(ForeignKey key, long rows) => $"{key}: {(rows == 1 ? "1 row has" : $"{rows} rows have")} no parent";

    private static Dictionary<long, long> Count(SqliteHandle handle, string child)
    {
        var counts = new Dictionary<long, long>();
        using var rows = handle.Prepare($"PRAGMA main.foreign_key_check({SqliteNames.Quote(child)})");
        while (rows.Step())
            counts[rows.Int64(3)] = counts.GetValueOrDefault(rows.Int64(3)) + 1;
        return counts;
    }
}
