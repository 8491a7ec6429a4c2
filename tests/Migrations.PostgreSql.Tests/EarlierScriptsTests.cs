using Migrations.Databases;
using Migrations.Sql;
using Xunit;

namespace Migrations.PostgreSql.Tests;

public class EarlierScriptsTests
{
    private readonly Counting _dialect = new();
    private readonly MigrationScript[] _scripts =
    [
        Scripts.Of("ALTER TABLE a RENAME TO b"),
        Scripts.Of("UPDATE c SET v = 1"),
        Scripts.Of("CREATE TABLE d AS SELECT * FROM c"),
    ];

    [Fact]
    public void Each_script_is_read_once_for_all_questions_of_a_plan()
    {
        var earlier = new EarlierScripts(_dialect, StringComparer.Ordinal, PlanNames.Made, WriteHooks.Concerns);

        for (var at = 0; at <= _scripts.Length; at++)
        {
            earlier.WritesOf(_scripts[..at]);
            Assert.Equal(at >= 1, earlier.Make(_scripts[..at], "b"));
            Assert.Equal(at >= 3, earlier.Make(_scripts[..at], "d"));
        }

        Assert.Equal(_scripts.Length, _dialect.Splits);
    }

    [Fact]
    public void The_scripts_of_another_plan_say_nothing()
    {
        var earlier = new EarlierScripts(_dialect, StringComparer.Ordinal, PlanNames.Made, WriteHooks.Concerns);
        var change = RowChange.Read(_dialect, "DELETE FROM c WHERE v = 1")!;

        Assert.True(earlier.WritesOf(_scripts).MayChange(change));

        Assert.False(earlier.WritesOf(_scripts[..1]).MayChange(change));
        Assert.False(earlier.Make(_scripts[1..2], "b"));
    }

    private sealed class Counting : ISqlDialect
    {
        private readonly PostgreSqlDialect _dialect = new();

        public int Splits { get; private set; }

        public IEnumerable<SqlToken> Tokenize(string text) => _dialect.Tokenize(text);

        public IEnumerable<ScriptStatement> Split(MigrationScript script)
        {
            Splits++;
            return _dialect.Split(script);
        }

        public ScriptAnalysis Analyze(MigrationScript script) => _dialect.Analyze(script);

        public TransactionMark MarkOf(ScriptStatement statement) => _dialect.MarkOf(statement);

        public QuoteForm FormOf(ReadOnlySpan<char> token) => _dialect.FormOf(token);
    }
}
