using System.Text;
using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>
/// Finds names that the server cuts off
/// (<see href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS"/>).
/// </summary>
internal static class LongNames
{
    private const int MostBytes = 63;

    /// <summary>Finds them in a statement.</summary>
    public static IEnumerable<LintHazard> Find(ScriptStatement statement)
    {
        // Most statements have no word of that length.
        if (!HasLongWord(statement.Text))
            yield break;
        foreach (var token in new PostgreSqlDialect().Tokenize(statement.Text))
        {
            if (token.Kind is not (SqlTokenKind.Word or SqlTokenKind.QuotedName))
                continue;
            var name = SqlNames.Plain(token.In(statement.Text).ToString());
            if (Encoding.UTF8.GetByteCount(name) <= MostBytes)
                continue;
            var kept = Cut(name);
            yield return new LintHazard(
                "name-too-long",
                statement,
                $"The name {name} has {Encoding.UTF8.GetByteCount(name)} bytes; the server keeps 63: {kept}."
            )
            {
                At = token.Start,
                Rewrite = [new LintStep("In its place", SqlNames.Quote(kept))],
            };
        }
    }

    private static bool HasLongWord(string text)
    {
        var length = 0;
        foreach (var c in text)
        {
            length = char.IsWhiteSpace(c) || c is '(' or ')' or ',' or ';' ? 0 : length + (c < 0x80 ? 1 : 3);
            if (length > MostBytes)
                return true;
        }

        return false;
    }

    private static string Cut(string name)
    {
        var kept = name;
        while (Encoding.UTF8.GetByteCount(kept) > MostBytes)
            kept = kept[..^1];
        return kept;
    }
}
