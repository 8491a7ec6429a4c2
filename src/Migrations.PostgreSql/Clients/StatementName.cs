using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>The beginning of a statement, which says what it makes.</summary>
internal static class StatementName
{
    private const int MostWords = 14;
    private const int MostCharacters = 80;
    private const StringSplitOptions SkipEmpty = StringSplitOptions.RemoveEmptyEntries;

    /// <summary>The name by which a statement of a dump is reported: <c>INDEX i ON public.t</c>.</summary>
    public static string Of(string statement)
    {
        var words = new StatementWords(statement);
        if (words[0] is "SELECT")
            return statement.Length <= MostCharacters ? statement : statement[..MostCharacters] + "...";
        var head = Head(statement);
        return words[0] is "CREATE" && words[1] is not "OR" && head.Split(' ', 2) is [_, var made] ? made : head;
    }

    /// <summary>Its words up to a definition.</summary>
    public static string Head(string statement)
    {
        var tokens = PlacedToken.Read(statement);
        var end = tokens.FindIndex(t => t.Word is "(" or "AS" or "USING" or "IS" or "VALUES" || t.Kind == SqlTokenKind.Semicolon);
        end = Math.Min(end < 0 ? tokens.Count : end, MostWords);
        return end == 0 ? "" : string.Join(' ', statement[tokens[0].Start..tokens[end - 1].End].Split((char[]?)null, SkipEmpty));
    }
}
