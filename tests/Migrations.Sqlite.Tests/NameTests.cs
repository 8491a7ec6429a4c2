using Migrations.Databases;

namespace Migrations.Sqlite.Tests;

/// <summary>Names that only SQLite tells apart, or that look like another's.</summary>
public sealed class NameTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a", "A", true)]
    [InlineData("Äpfel", "äpfel", false)]
    [InlineData("ДОМ", "дом", false)]
    [InlineData("äpFEL", "äPfel", true)]
    [InlineData("ſ", "s", false)]
    [InlineData("a", "ab", false)]
    [InlineData(null, "", false)]
    public void Names_are_the_same_to_us_that_are_the_same_to_sqlite(string? left, string? right, bool same)
    {
        Assert.Equal(same, SqliteNames.Comparer.Equals(left, right));
        Assert.Equal(same, SqliteNames.Comparer.Compare(left, right) == 0);
        if (same)
            Assert.Equal(SqliteNames.Comparer.GetHashCode(left!), SqliteNames.Comparer.GetHashCode(right!));
        if (left is null)
            return;
        TestSql.Run(_folder.Database, $"CREATE TABLE {SqliteNames.Quote(left)} (x)");
        Assert.Equal(
            same,
            TestSql.Ask(_folder.Database, $"SELECT 1 FROM pragma_table_info({SqliteNames.Quote(right!).Replace('"', '\'')})") is not null
        );
    }

    [Fact]
    public async Task A_table_with_the_text_of_an_index_is_counted_saved_and_copied()
    {
        TestSql.Run(
            _folder.Database,
            """
            CREATE TABLE docs_content (id INTEGER PRIMARY KEY, body TEXT);
            CREATE VIRTUAL TABLE docs USING fts5(body, content='docs_content', content_rowid='id');
            CREATE TRIGGER t AFTER INSERT ON docs_content BEGIN INSERT INTO docs (rowid, body) VALUES (new.id, new.body); END;
            INSERT INTO docs_content (body) VALUES ('one'), ('two');
            """
        );
        Assert.Contains(
            new TableContent("docs_content", 2),
            (await TestBackup.ContentAsync(_folder.Database)).Select(t => t with { Digest = null })
        );
        await using (var session = await _folder.OpenAsync(SessionAccess.Read))
            Assert.Equal(
                "docs_content 2",
                string.Join(
                    ", ",
                    (
                        await session.Inspector.ForecastLossAsync(
                            new LossForecastRequest(
                                _folder.Script("DROP TABLE docs_content"),
                                MigrationDirection.Down,
                                [],
                                TimeSpan.FromSeconds(30)
                            ),
                            default
                        )
                    ).Losses.Select(l => $"{l.Name} {l.Rows}")
                )
            );
        var saved = Path.Combine(_folder.Path, "saved.db");
        var tables = await new SqliteBackups().SalvageAsync(_folder.Target, saved, default);
        Assert.Equal("docs 2, docs_content 2", string.Join(", ", tables.Select(t => $"{t.Table} {t.Rows}{t.Lost}")));
        await TestBackup.EqualAsync(_folder.Database, saved);
        await using var scratch = await new SqliteScratch().CreateAsync(
            new ScratchRequest { Origin = _folder.Target, Content = ScratchContent.Schema },
            default
        );
        Assert.Equal(
            await TestBackup.FingerprintAsync(_folder.Database),
            await TestBackup.FingerprintAsync(SqliteTarget.PathOf(scratch.Target))
        );
        var dump = Path.Combine(_folder.Path, "dump.sql");
        await TestBackup.BackUpAsync(_folder.Database, dump, Migrations.BackupFormat.Sql);
        var loaded = Path.Combine(_folder.Path, "loaded.db");
        await TestBackup.LoadAsync(dump, loaded, Migrations.BackupFormat.Sql);
        await TestBackup.EqualAsync(_folder.Database, loaded);
    }

    [Fact]
    public async Task Tables_that_differ_in_the_case_of_an_umlaut_are_two()
    {
        TestSql.Run(
            _folder.Database,
            "CREATE TABLE \"Ä\" (x); INSERT INTO \"Ä\" VALUES (1), (2); CREATE TABLE \"ä\" (y, \"Ö\", \"ö\"); INSERT INTO "
                + "\"ä\" VALUES (3, 4, 5);"
        );
        var saved = Path.Combine(_folder.Path, "saved.db");
        var tables = await new SqliteBackups().SalvageAsync(_folder.Target, saved, default);
        Assert.Equal("Ä 2, ä 1", string.Join(", ", tables.Select(t => $"{t.Table} {t.Rows}{t.Lost}")));
        await TestBackup.EqualAsync(_folder.Database, saved);
        await using var session = await _folder.OpenReadyAsync();
        var measured = await SqliteRehearsal.MeasureAsync(
            (SqliteSession)session,
            _folder.Step("INSERT INTO \"Ä\" VALUES (3); DELETE FROM \"ä\" WHERE y > 0; ALTER TABLE \"ä\" DROP COLUMN \"ö\""),
            default
        );
        Assert.Equal("Ä +1 -0, ä +0 -1", string.Join(", ", measured.RowsChanged.Select(c => $"{c.Table} +{c.Inserted} -{c.Deleted}")));
    }
}
