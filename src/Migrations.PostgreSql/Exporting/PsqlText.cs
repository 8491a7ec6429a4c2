using System.Text;
using Migrations.Databases;
using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>
/// Writes SQL so that <c>psql</c> sends what was meant: outside of quotes it would take <c>:name</c> for a variable of its own, and a
/// backslash before the colon keeps it from that
/// (<see href="https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-INTERPOLATION"/>).
/// </summary>
/// <param name="place">What the script is for.</param>
internal sealed class PsqlText(ClientScriptPlace place)
{
    private static readonly PostgreSqlDialect Dialect = new();

    private readonly SortedSet<string> _secrets = new(StringComparer.Ordinal);

    /// <summary>The secret variables that were seen so far.</summary>
    public IReadOnlyCollection<string> Secrets => _secrets;

    /// <summary>The name of a secret variable whose value stands where the client cannot be given it; null without one.</summary>
    public string? FindSecret(string statement)
    {
        if (!place.Secrets.Any(s => statement.Contains(s.Key, StringComparison.Ordinal)))
            return null;
        foreach (var token in Dialect.Tokenize(statement))
        {
            var text = token.In(statement).ToString();
            var found = place.Secrets.Where(s => text.Contains(s.Key, StringComparison.Ordinal)).ToList();
            if (found.Count == 0)
                continue;
            if (place.Client != ScriptClient.Psql || VariableOf(text) is null)
                return found[0].Value;
            _secrets.Add(found[0].Value);
        }

        return null;
    }

    /// <summary>A statement as the client is to read it.</summary>
    public string Of(string statement)
    {
        if (place.Client != ScriptClient.Psql || !(statement.Contains(':', StringComparison.Ordinal) || place.Secrets.Count > 0))
            return statement;
        var text = new StringBuilder(statement.Length + 16);
        foreach (var token in Dialect.Tokenize(statement))
        {
            if (token.Kind is SqlTokenKind.Literal or SqlTokenKind.QuotedName)
                text.Append(VariableOf(token.In(statement).ToString()) ?? token.In(statement));
            else if (token.Kind is SqlTokenKind.Comment or SqlTokenKind.WhiteSpace)
                text.Append(token.In(statement));
            else
                AppendBare(text, statement, token);
        }

        return text.ToString();
    }

    /// <summary>A literal or a name that is nothing but the value of a secret variable, as the client's variable; null otherwise.</summary>
    private string? VariableOf(string token) =>
        token is ['\'' or '"', .. var inner, _] && place.Secrets.TryGetValue(inner, out var name) ? $":{token[0]}{name}{token[0]}" : null;

    private static void AppendBare(StringBuilder text, string statement, SqlToken token)
    {
        for (var at = token.Start; at < token.Start + token.Length; at++)
        {
            if (statement[at] == ':' && BeginsVariable(statement, at))
                text.Append('\\');
            text.Append(statement[at]);
        }
    }

    // The client passes over '::' and ':='.
    private static bool BeginsVariable(string statement, int at) =>
        at + 1 < statement.Length
        && (at == 0 || statement[at - 1] != ':')
        && (char.IsAsciiLetterOrDigit(statement[at + 1]) || statement[at + 1] is '_' or '\'' or '"' or '{' or > '\x7f');
}
