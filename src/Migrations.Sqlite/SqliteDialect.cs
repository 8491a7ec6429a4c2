using Migrations.Databases;

namespace Migrations.Sqlite;

/// <summary>How SQLite's SQL is read.</summary>
internal sealed class SqliteDialect : ISqlDialect
{
    private SqliteDialect()
    {
    }

    /// <summary>The one instance.</summary>
    public static SqliteDialect Instance { get; } = new();

    /// <inheritdoc/>
    public IEnumerable<SqlToken> Tokenize(string text) => SqliteLexer.Tokenize(text);

    /// <inheritdoc/>
    public IEnumerable<ScriptStatement> Split(MigrationScript script) => new SqliteStatementReader(script).Read();

    /// <inheritdoc/>
    public ScriptAnalysis Analyze(MigrationScript script) => SqliteAnalyzer.Analyze(script);
}
