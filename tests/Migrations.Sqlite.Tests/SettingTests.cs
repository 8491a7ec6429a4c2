using Migrations.Events;

namespace Migrations.Sqlite.Tests;

/// <summary>What scripts set: of a new file it is taken, of the connection it is put back.</summary>
public sealed class SettingTests : IDisposable
{
    private const string Settings = "PRAGMA page_size = 8192;\nPRAGMA auto_vacuum = INCREMENTAL;\nPRAGMA encoding = 'UTF-16le';\n";

    private TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    public async Task The_first_script_sets_page_size_vacuum_mode_and_encoding_of_a_new_file(TransactionMode mode)
    {
        Use(mode);
        await _folder.RunAsync(Settings + "CREATE TABLE a (x);");
        Assert.Equal(
            "8192|2|UTF-16le",
            _folder.Ask(
                "SELECT page_size || '|' || auto_vacuum || '|' || encoding FROM pragma_page_size, pragma_auto_vacuum, pragma_encoding"
            )
        );
        Assert.Empty(_folder.Events.OfType<WarningRaised>());
        Assert.Equal(mode == TransactionMode.All ? "2" : "1", _folder.Ask("SELECT count(*) FROM migration_journal"));
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    [InlineData(TransactionMode.None)]
    public async Task A_later_script_cannot_and_a_warning_says_how(TransactionMode mode)
    {
        Use(mode);
        await _folder.RunAsync("CREATE TABLE before_it (x);");
        await _folder.RunAsync(Settings + "CREATE TABLE a (x);");
        var warnings = _folder.Events.OfType<WarningRaised>().Select(w => w.Message).ToList();
        Assert.Equal(3, warnings.Count);
        Assert.Contains(
            warnings,
            w =>
                w.Contains("PRAGMA page_size = 8192 has no effect", StringComparison.Ordinal)
                && w.Contains("VACUUM", StringComparison.Ordinal)
        );
        Assert.Contains(
            warnings,
            w =>
                w.Contains("PRAGMA encoding = UTF-16le has no effect", StringComparison.Ordinal)
                && w.Contains("cannot be changed later", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("", "PRAGMA page_size = 8192;", "was not empty: to change it, run VACUUM")]
    [InlineData("", "PRAGMA auto_vacuum = FULL;", "was not empty: to change it, run VACUUM")]
    [InlineData("", "PRAGMA page_size = 1000;", "a power of two")]
    [InlineData("", "PRAGMA page_size = 1000;\nVACUUM;", "a power of two")]
    [InlineData("PRAGMA journal_mode = WAL;", "PRAGMA page_size = 8192;\nVACUUM;", "in WAL mode")]
    [InlineData("PRAGMA journal_mode = WAL;", "PRAGMA page_size = 8192;", "in WAL mode")]
    [InlineData("PRAGMA journal_mode = WAL;", "PRAGMA auto_vacuum = FULL;\nVACUUM;", null)]
    [InlineData("PRAGMA journal_mode = WAL;", "PRAGMA journal_mode = DELETE;\nPRAGMA page_size = 8192;\nVACUUM;", null)]
    [InlineData("", "PRAGMA encoding = 'UTF-16';\nVACUUM;", "its encoding cannot be changed later")]
    [InlineData("", "PRAGMA page_size = 4096;\nPRAGMA auto_vacuum = NONE;\nPRAGMA encoding = 'utf8';", null)]
    [InlineData("", "BEGIN;\nCREATE TABLE a (x);\nPRAGMA journal_mode = WAL;\nCOMMIT;", "it stands in a transaction")]
    [InlineData("PRAGMA journal_mode = WAL;", "BEGIN;\nCREATE TABLE a (x);\nPRAGMA journal_mode = DELETE;\nCOMMIT;", "in a transaction")]
    [InlineData("", "BEGIN;\nCREATE TABLE a (x);\nCOMMIT;\nPRAGMA journal_mode = wal;", null)]
    [InlineData("", "BEGIN;\nCREATE TABLE a (x);\nPRAGMA journal_mode = TRUNCATE;\nCOMMIT;", null)]
    [InlineData("", "PRAGMA journal_mode = WALL;", "the modes are DELETE")]
    [InlineData("", "PRAGMA temp.journal_mode = WAL;\nPRAGMA temp.page_size = 8192;", null)]
    public async Task The_warning_says_the_right_reason(string before, string sql, string? reason)
    {
        var outside = new MigrationHeader { Transaction = false };
        await _folder.RunAsync("CREATE TABLE before_it (x);");
        if (before.Length > 0)
            await _folder.RunAsync(before, outside);
        await _folder.RunAsync(sql + "\nSELECT 1;", outside);
        var warnings = _folder.Events.OfType<WarningRaised>().Select(w => w.Message).ToList();
        if (reason is null)
            Assert.Empty(warnings);
        else
            Assert.Contains(reason, Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_vacuum_they_are_taken_and_nothing_is_said()
    {
        await _folder.RunAsync("CREATE TABLE before_it (x);");
        await _folder.RunAsync("PRAGMA page_size = 8192;\nPRAGMA auto_vacuum = 1;\nVACUUM;", new MigrationHeader { Transaction = false });
        Assert.Empty(_folder.Events.OfType<WarningRaised>());
        Assert.Equal("8192|1", _folder.Ask("SELECT page_size || '|' || auto_vacuum FROM pragma_page_size, pragma_auto_vacuum"));
    }

    [Fact]
    public async Task A_new_file_whose_first_script_fails_still_gets_a_history()
    {
        await using var session = await _folder.OpenReadyAsync();
        await Assert.ThrowsAsync<StatementException>(() => session.RunAsync(_folder.Step("CREATE TABLE a (x); SELEKT nope;"), default));
        await session.History.AppendAsync(TestFolder.Entry("001") with { Event = History.JournalEvent.Failed, Success = false }, default);
        Assert.Equal("failed", _folder.Ask("SELECT event FROM migration_journal"));
        await session.RunAsync(_folder.Step("CREATE TABLE a (x);"), default);
        Assert.Equal("2", _folder.Ask("SELECT count(*) FROM migration_journal"));
    }

    [Theory]
    [InlineData("-- a comment\rCREATE TABLE a (x);\r", 1)]
    [InlineData("CREATE TABLE a (x);\n-- a comment\rDROP TABLE a;", 2)]
    [InlineData("CREATE TABLE a (x -- a column\r, y);", 1)]
    public void Lines_that_a_comment_would_swallow_are_refused(string sql, int line)
    {
        var problem = Assert.Single(
            SqliteAnalyzer.Analyze(_folder.Script(sql)).Problems,
            p => p.Message.Contains("CR alone", StringComparison.Ordinal)
        );
        Assert.Equal((ErrorId.ScriptUnterminated, line), (problem.Id, problem.Location.Line));
    }

    [Theory]
    [InlineData("-- a comment\r\nCREATE TABLE a (x);\r\n-- the end\r\n")]
    [InlineData("CREATE TABLE a (x);\rCREATE TABLE b (x);\r")]
    [InlineData("/* a\rcomment */ CREATE TABLE a (x);")]
    [InlineData("INSERT INTO a VALUES ('-- no\rcomment');")]
    public void Other_line_ends_are_no_problem(string sql) => Assert.Empty(SqliteAnalyzer.Analyze(_folder.Script(sql)).Problems);

    [Theory]
    [InlineData("PRAGMA query_only=1;", "query_only")]
    [InlineData("PRAGMA journal_mode=MEMORY;", "journal_mode")]
    [InlineData("PRAGMA journal_mode=TRUNCATE;", "journal_mode")]
    [InlineData("PRAGMA max_page_count=5000;", "max_page_count")]
    [InlineData("PRAGMA defer_foreign_keys=1;", "defer_foreign_keys")]
    [InlineData("PRAGMA reverse_unordered_selects=1;", "reverse_unordered_selects")]
    public async Task What_a_script_sets_on_the_connection_is_put_back(string sql, string pragma)
    {
        foreach (var mode in (TransactionMode[])[TransactionMode.Each, TransactionMode.All, TransactionMode.None])
        {
            Use(mode);
            await using var session = await _folder.OpenReadyAsync();
            await session.RunAsync(_folder.Step("CREATE TABLE first (x);"), default);
            var handle = ((SqliteSession)session).Connection.Handle;
            var before = handle.QueryText("PRAGMA " + pragma);
            await _folder.RunInAsync(session, sql + "\nSELECT 1;\nSELECT 2;");
            await session.RunAsync(_folder.Step("CREATE TABLE later (x);"), default);
            Assert.Equal(before, handle.QueryText("PRAGMA " + pragma));
        }
    }

    private void Use(TransactionMode mode)
    {
        _folder.Dispose();
        _folder = new TestFolder(mode);
    }
}
