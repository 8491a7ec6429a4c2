using Migrations.Sql;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Looks for a table by its name as SQL writes it.</summary>
internal static class TableName
{
    private const string Main = "main";

    /// <summary>Whether there is a table of that name. A view does not count.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: it is no name.</exception>
    public static bool Exists(SqliteHandle handle, string name)
    {
        var parts = Parts(name);
        if (parts.Count == 2 && !string.Equals(parts[0], Main, StringComparison.OrdinalIgnoreCase))
            throw Invalid(name);
        return handle.QueryInt64("SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE", parts[^1])
            > 0;
    }

    private static List<string> Parts(string name)
    {
        SqlToken[] tokens = [.. SqliteDialect.Instance.Tokenize(name)];
        var isName =
            tokens.Length is 1 or 3
            && tokens.Where((_, i) => i != 1).All(t => t.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName)
            && (tokens.Length == 1 || tokens[1].In(name) is ".");
        return isName ? [.. tokens.Where((_, i) => i != 1).Select(t => SqliteNames.Unquote(t.In(name).ToString()))] : throw Invalid(name);
    }

    private static MigrationException Invalid(string name) =>
        new(
            ErrorId.UsageInvalid,
            $"'{name}' is not the name of a table of this database.",
            "Write the name as SQL does: users, or \"quoted name\"."
        );
}
