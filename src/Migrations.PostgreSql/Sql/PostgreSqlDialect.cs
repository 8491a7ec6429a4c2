using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>How PostgreSQL's SQL, and what <c>psql</c> and <c>pg_dump</c> put between it, is read.</summary>
internal sealed class PostgreSqlDialect : ISqlDialect
{
    /// <inheritdoc/>
    public IEnumerable<SqlToken> Tokenize(string text)
    {
        var tracker = new PostgreSqlStatementTracker();
        var at = 0;
        while (at < text.Length)
        {
            var token = PostgreSqlLexer.Scan(text.AsSpan(at), final: true, tracker.Mode);
            tracker.Observe(token.Kind, text.AsSpan(at, token.Length));
            yield return new SqlToken(token.Kind, at, token.Length);
            at += token.Length;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<ScriptStatement> Split(MigrationScript script)
    {
        var index = 0;
        foreach (var piece in PostgreSqlStatementReader.Read(script))
        {
            if (piece.Kind == SqlPieceKind.Statement)
                yield return new ScriptStatement(index++, piece.Text, script.At(piece.Line, piece.Column));
        }
    }

    /// <inheritdoc/>
    public ScriptAnalysis Analyze(MigrationScript script) => PostgreSqlAnalyzer.Analyze(script);

    /// <inheritdoc/>
    public TransactionMark MarkOf(ScriptStatement statement) =>
        StatementClassifier.Classify(statement.Text) switch
        {
            StatementRole.Begin => TransactionMark.Begin,
            StatementRole.Commit => TransactionMark.Commit,
            _ => TransactionMark.None,
        };

    /// <inheritdoc/>
    public QuoteForm FormOf(ReadOnlySpan<char> token) => SqlQuotes.FormOf(token);
}
