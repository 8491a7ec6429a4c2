using Migrations.Sql;

namespace Migrations.Linting;

/// <summary>
/// Reads the comments of a script that allow what rules find. One inside a statement, on its last line or above it is for that statement;
/// one at the head of the file, above a blank line, is for all of it.
/// </summary>
internal static class AllowComments
{
    private const string Mark = "allow:";

    /// <summary>Whether a script may have any; a large one may.</summary>
    public static bool MayHaveAny(MigrationScript script) => script.Kept is not { } bytes || bytes.AsSpan().IndexOf("llow:"u8) >= 0;

    /// <summary>Reads them.</summary>
    /// <param name="dialect">How scripts are read.</param>
    /// <param name="script">The script.</param>
    /// <param name="statements">Its statements.</param>
    public static IReadOnlyList<AllowComment> Read(ISqlDialect dialect, MigrationScript script, IReadOnlyList<StatementPlace> statements)
    {
        using var reader = script.OpenText();
        var text = reader.ReadToEnd();
        if (!text.Contains(Mark, StringComparison.OrdinalIgnoreCase))
            return [];
        var lines = text.Split('\n');
        var found = new List<AllowComment>();
        var (line, at) = (script.FirstLine, 0);
        foreach (var token in dialect.Tokenize(text))
        {
            line += text.AsSpan(at, token.Start - at).Count('\n');
            at = token.Start;
            if (token.Kind != SqlTokenKind.Comment)
                continue;
            var number = line;
            foreach (var part in token.In(text).ToString().Split('\n'))
            {
                if (Parse(part) is var (rule, reason))
                    found.Add(new AllowComment(rule, reason, script.At(number), StatementOf(number, script.FirstLine, lines, statements)));
                number++;
            }
        }

        return found;
    }

    private static (string Rule, string Reason)? Parse(string comment)
    {
        var text = comment.Trim().Trim('-', '*', '/', ' ', '\t', '\r');
        if (!text.StartsWith(Mark, StringComparison.OrdinalIgnoreCase))
            return null;
        var words = text[Mark.Length..].Trim().Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? ("", "") : (words[0].TrimEnd(',', ':'), words.Length > 1 ? words[1].Trim() : "");
    }

    private static int? StatementOf(int line, int firstLine, string[] lines, IReadOnlyList<StatementPlace> statements)
    {
        foreach (var statement in statements)
        {
            if (line >= statement.First && line <= statement.Last)
                return statement.Index;
            if (statement.First <= line)
                continue;
            var between = lines.Skip(line - firstLine + 1).Take(statement.First - line - 1);
            return statement.Index == 0 && between.Any(string.IsNullOrWhiteSpace) ? null : statement.Index;
        }

        // Behind the last statement there is nothing else that it could be for.
        return statements.Count == 0 ? null : statements[^1].Index;
    }
}
