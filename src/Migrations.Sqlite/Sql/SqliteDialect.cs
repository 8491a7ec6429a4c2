using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>How SQLite's SQL is read.</summary>
internal sealed class SqliteDialect : ISqlDialect
{
    private SqliteDialect() { }

    /// <summary>The one instance.</summary>
    public static SqliteDialect Instance { get; } = new();

    /// <inheritdoc/>
    public IEnumerable<SqlToken> Tokenize(string text) => SqliteLexer.Tokenize(text);

    /// <inheritdoc/>
    public IEnumerable<ScriptStatement> Split(MigrationScript script)
    {
        using var reader = new SqliteStatementReader(script);
        while (reader.Read())
            yield return reader.ToStatement();
    }

    /// <inheritdoc/>
    public ScriptAnalysis Analyze(MigrationScript script) => SqliteAnalyzer.Analyze(script);

    /// <inheritdoc/>
    public TransactionMark MarkOf(ScriptStatement statement) =>
        StatementHead.Read(statement.Text).Kind switch
        {
            StatementKind.Begin => TransactionMark.Begin,
            StatementKind.Commit => TransactionMark.Commit,
            _ => TransactionMark.None,
        };

    /// <inheritdoc/>
    public QuoteForm FormOf(ReadOnlySpan<char> token) => SqliteNames.FormOf(token);
}
