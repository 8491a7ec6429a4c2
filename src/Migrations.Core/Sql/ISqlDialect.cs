namespace Migrations.Sql;

/// <summary>How one engine's SQL is read: for previews, comparisons and checks before a run.</summary>
public interface ISqlDialect
{
    /// <summary>
    /// Cuts a text into tokens: every character belongs to exactly one. Never throws: an unterminated literal reaches to the end.
    /// </summary>
    IEnumerable<SqlToken> Tokenize(string text);

    /// <summary>Cuts a script into its statements, reading as it goes. Empty statements are left out.</summary>
    IEnumerable<ScriptStatement> Split(MigrationScript script);

    /// <summary>Reads a script before any runs: what it needs, and what in it is refused.</summary>
    ScriptAnalysis Analyze(MigrationScript script);

    /// <summary>Whether a statement begins or commits a transaction of the script's own.</summary>
    TransactionMark MarkOf(ScriptStatement statement);

    /// <summary>How a token is written that is a literal or a quoted name.</summary>
    QuoteForm FormOf(ReadOnlySpan<char> token);
}
