using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>What belongs to a file and to no table, as the pragmas that set it.</summary>
internal static class SqliteFileSettings
{
    /// <summary>What must be set before the first table is made; nothing for what is usual anyway.</summary>
    public static IEnumerable<string> Read(SqliteHandle handle)
    {
        if (handle.QueryText("PRAGMA encoding") is { } encoding and not "UTF-8")
            yield return $"PRAGMA encoding='{encoding}'";
        if (handle.QueryInt64("PRAGMA page_size") is { } size and not 4096)
            yield return $"PRAGMA page_size={size}";
        if (handle.QueryInt64("PRAGMA auto_vacuum") is { } vacuum and not 0)
            yield return $"PRAGMA auto_vacuum={vacuum}";
    }

    /// <summary>The pragmas of numbers that are the application's.</summary>
    public static IReadOnlyList<string> OwnNumbers { get; } = ["user_version", "application_id"];

    /// <summary>The numbers that are the application's; nothing for 0.</summary>
    public static IEnumerable<string> ReadNumbers(SqliteHandle handle)
    {
        foreach (var name in OwnNumbers)
        {
            if (handle.QueryInt64("PRAGMA " + name) is { } value and not 0)
                yield return $"PRAGMA {name}={value}";
        }
    }
}
