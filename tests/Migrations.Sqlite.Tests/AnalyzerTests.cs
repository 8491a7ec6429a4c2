using Migrations.Sql;

namespace Migrations.Sqlite.Tests;

public sealed class AnalyzerTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("CREATE TABLE a (x);", false)]
    [InlineData("VACUUM;", true)]
    [InlineData("-- tidy up\nVACUUM", true)]
    [InlineData("PRAGMA journal_mode=WAL;", true)]
    [InlineData("PRAGMA journal_mode;", false)]
    [InlineData("PRAGMA user_version=3;", false)]
    [InlineData("ATTACH 'b.db' AS b;", true)]
    [InlineData("SELECT 'VACUUM';", false)]
    [InlineData("PRAGMA journal_mode=WAL; CREATE TABLE a (x);", false)]
    [InlineData("PRAGMA journal_mode=WAL; PRAGMA synchronous=1;", false)]
    public void Only_what_cannot_run_in_a_transaction_runs_outside(string sql, bool outside)
    {
        var analysis = Analyze(sql);

        Assert.Empty(analysis.Problems);
        Assert.Equal(outside, analysis.OutsideTransaction);
    }

    [Theory]
    [InlineData("DROP TABLE a;", true)]
    [InlineData("drop table if exists \"a\";", true)]
    [InlineData("ALTER TABLE a RENAME TO b;", true)]
    [InlineData("ALTER TABLE main.a RENAME TO b;", true)]
    [InlineData("ALTER TABLE a RENAME COLUMN x TO y;", false)]
    [InlineData("ALTER TABLE a RENAME x TO y;", false)]
    [InlineData("DROP INDEX a; DROP VIEW b; DROP TRIGGER c;", false)]
    [InlineData("PRAGMA foreign_keys=off;", true)]
    [InlineData("PRAGMA foreign_keys(0);", true)]
    [InlineData("PRAGMA foreign_keys = ON;", false)]
    [InlineData("PRAGMA foreign_keys;", false)]
    [InlineData("INSERT INTO a VALUES ('DROP TABLE b;'); -- DROP TABLE c;", false)]
    [InlineData("CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 'x'; END;", false)]
    public void Foreign_keys_are_suspended_where_tables_go(string sql, bool suspends)
    {
        Assert.Equal(suspends, Analyze(sql).SuspendsForeignKeys);
        Assert.False(Analyze(sql, new MigrationHeader { ForeignKeys = true }).SuspendsForeignKeys);
        Assert.True(Analyze(sql, new MigrationHeader { ForeignKeys = false }).SuspendsForeignKeys);
    }

    [Theory]
    [InlineData("BEGIN; CREATE TABLE a (x); COMMIT;")]
    [InlineData("BEGIN TRANSACTION; CREATE TABLE a (x); END TRANSACTION;")]
    [InlineData("PRAGMA foreign_keys=off; BEGIN IMMEDIATE TRANSACTION; CREATE TABLE a (x); COMMIT; PRAGMA foreign_keys=on; ANALYZE;")]
    [InlineData("SAVEPOINT s; CREATE TABLE a (x); RELEASE s;")]
    [InlineData("SAVEPOINT s; CREATE TABLE a (x); ROLLBACK TO s; RELEASE s;")]
    [InlineData("PRAGMA journal_mode=WAL; BEGIN; CREATE TABLE a (x); COMMIT; PRAGMA wal_checkpoint;")]
    [InlineData("ATTACH 'b.db' AS b; INSERT INTO a SELECT * FROM b.a; DETACH b;")]
    public void A_wrapper_of_its_own_passes(string sql) => Assert.Empty(Analyze(sql).Problems);

    [Theory]
    [InlineData("SELECT 1;\nROLLBACK;", ErrorId.TransactionControlInvalid, 2)]
    [InlineData("BEGIN;\nSELECT 1;\nROLLBACK;", ErrorId.TransactionControlInvalid, 3)]
    [InlineData("BEGIN;\nSELECT 1;\nCOMMIT;\nBEGIN;\nSELECT 2;\nCOMMIT;", ErrorId.TransactionControlInvalid, 4)]
    [InlineData("SELECT 1;\nBEGIN;\nSELECT 1;\nCOMMIT;", ErrorId.TransactionControlInvalid, 2)]
    [InlineData("BEGIN;\nSELECT 1;\nCOMMIT;\nSELECT 2;", ErrorId.TransactionControlInvalid, 4)]
    [InlineData("BEGIN;\nSELECT 1;", ErrorId.TransactionControlInvalid, 1)]
    [InlineData("SELECT 1;\nCOMMIT;", ErrorId.TransactionControlInvalid, 2)]
    [InlineData("CREATE TABLE a (x);\nVACUUM;", ErrorId.ScriptMixed, 2)]
    [InlineData("VACUUM;\nCREATE TABLE a (x);", ErrorId.ScriptMixed, 1)]
    [InlineData("BEGIN;\nVACUUM;\nCOMMIT;", ErrorId.ScriptMixed, 2)]
    [InlineData("CREATE TABLE a (x);\nPRAGMA journal_mode=WAL;\nCREATE TABLE b (x);", ErrorId.ScriptMixed, 2)]
    [InlineData("SELECT 1;\n.read other.sql\n", ErrorId.ShellCommandInvalid, 2)]
    [InlineData("SELECT 1;\nSELECT 'open;\n", ErrorId.ScriptUnterminated, 2)]
    [InlineData("SELECT 1;\n/* open", ErrorId.ScriptUnterminated, 2)]
    [InlineData("SELECT 1;\nCREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1;", ErrorId.ScriptUnterminated, 2)]
    public void What_is_refused_is_refused_by_line(string sql, ErrorId id, int line)
    {
        var problem = Analyze(sql).Problems[0];

        Assert.Equal((id, line), (problem.Id, problem.Location.Line));
        Assert.NotEmpty(problem.Remedy.ToString());
    }

    [Fact]
    public void A_script_without_a_transaction_must_not_control_one()
    {
        var none = new MigrationHeader { Transaction = false };

        Assert.True(Analyze("CREATE TABLE a (x); VACUUM;", none).OutsideTransaction);
        Assert.Equal(ErrorId.TransactionControlInvalid, Analyze("VACUUM; SAVEPOINT a;", none).Problems[0].Id);
        Assert.False(Analyze("PRAGMA foreign_keys=off; BEGIN; DROP TABLE a; COMMIT;", none).OutsideTransaction);
        Assert.Equal(ErrorId.ScriptMixed, Analyze("VACUUM;", new MigrationHeader { Transaction = true }).Problems[0].Id);
    }

    [Fact]
    public void The_mode_of_begin_is_kept() => Assert.Equal("EXCLUSIVE", Analyze("BEGIN exclusive; SELECT 1; COMMIT;").TransactionModes);

    private ScriptAnalysis Analyze(string sql, MigrationHeader? header = null) =>
        SqliteDialect.Instance.Analyze(_folder.Script(sql, header));
}
