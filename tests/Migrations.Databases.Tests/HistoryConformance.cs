using Migrations.History;
using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>The journal: what its rows hold, what they must not hold, where it lives.</summary>
public abstract class HistoryConformance(DatabaseKind kind) : Conformance(kind)
{
    [Fact]
    public async Task A_row_holds_everything_that_is_known()
    {
        const string Script =
            "-- Description: the first\n-- Version: 1.0.0\nCREATE TABLE a (id integer);\nINSERT INTO a VALUES (1), "
            + "(2);\nUPDATE a SET id = 3 WHERE id = 1;\n";
        Migration("001_a", Script, "DROP TABLE a;");
        var before = DateTimeOffset.UtcNow.AddSeconds(-2);
        var result = Assert.Single(await ApplyAsync());
        var row = Assert.Single(await Engine().GetHistoryAsync());

        Assert.Equal(1, row.Id);
        Assert.NotEqual(Guid.Empty, row.RunId);
        Assert.Null(row.Service);
        Assert.Equal("001", row.Version);
        Assert.Equal("001_a", row.Name);
        Assert.Equal("the first", row.Description);
        Assert.Equal("1.0.0", row.SemanticVersion);
        Assert.Equal(MigrationDirection.Up, row.Direction);
        Assert.Equal(JournalEvent.Applied, row.Event);
        Assert.Equal(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Script))),
            row.Checksum
        );
        Assert.InRange(row.AppliedAt, before, DateTimeOffset.UtcNow.AddSeconds(2));
        Assert.Equal(Environment.UserName, row.AppliedBy);
        Assert.Equal(Environment.MachineName, row.Host);
        Assert.InRange(row.ExecutionTimeMs ?? -1, 0, 10_000);
        Assert.Equal(3, row.RowsAffected);
        Assert.Equal(3, result.RowsAffected);
        Assert.True(row.Success);
        Assert.Null(row.ErrorMessage);
        Assert.Equal(64, row.SchemaFingerprint?.Length);
        Assert.Matches(@"^\d+\.\d+\.\d+", row.ToolVersion);
        Assert.Equal(Script, await Database.ScalarAsync("SELECT script FROM migration_journal"));
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    [InlineData(TransactionMode.None)]
    public async Task The_last_row_of_a_run_has_the_fingerprint_of_the_schema_that_it_left(TransactionMode mode)
    {
        ThreeTables();
        await ApplyAsync(new ApplyRequest { TransactionMode = mode });
        var applied = await FingerprintAsync();
        Assert.Equal([null, null, applied], await RecordedAsync(JournalEvent.Applied));
        await UndoAsync(new UndoRequest { Last = 2, TransactionMode = mode });
        var undone = await FingerprintAsync();
        Assert.NotEqual(applied, undone);
        Assert.Equal([null, undone], await RecordedAsync(JournalEvent.RolledBack));
    }

    private async Task<string> FingerprintAsync()
    {
        await using var session = await Kind.Driver.OpenAsync(Target(), new SessionOptions(), CancellationToken.None);
        return (await session.Inspector.ReadSchemaAsync(CancellationToken.None)).Fingerprint;
    }

    private async Task<IEnumerable<string?>> RecordedAsync(JournalEvent what) =>
        (await Engine().GetHistoryAsync()).Where(e => e.Event == what).Select(e => e.SchemaFingerprint);

    [Theory]
    [InlineData("001_a Applied, 002_b Applied, 003_c Applied, 003_c RolledBack, 003_c Applied")]
    [InlineData("003_c RolledBack, 003_c Applied", "last", "2")]
    [InlineData("001_a Applied, 002_b Applied, 003_c Applied, 003_c RolledBack, 003_c Applied", "last", "20")]
    [InlineData("002_b Applied", "name", "2")]
    [InlineData("002_b Applied", "name", "1.1.0")]
    [InlineData("002_b Applied", "name", "B")]
    [InlineData("002_b Applied", "name", "002_b")]
    [InlineData("001_a Applied, 002_b Applied", "name", "*_a", "name", "00?_b")]
    [InlineData("", "name", "00")]
    [InlineData("003_c RolledBack", "event", "RolledBack")]
    [InlineData("003_c Applied", "event", "Applied", "last", "1")]
    [InlineData("002_b Applied", "event", "Applied", "last", "1", "name", "002", "name", "001")]
    public async Task The_events_that_are_wanted_are_shown(string expected, params string[] conditions)
    {
        ThreeTables();
        await ApplyAsync();
        await UndoAsync();
        await ApplyAsync();
        var filter = new HistoryFilter();
        foreach (var pair in conditions.Chunk(2))
            filter = pair[0] switch
            {
                "last" => filter with { Last = int.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture) },
                "name" => filter with { Names = [.. filter.Names, pair[1]] },
                _ => filter with { Events = [Enum.Parse<JournalEvent>(pair[1])] },
            };
        Assert.Equal(conditions.Length == 0, filter.IsEmpty);
        Assert.Equal(expected, string.Join(", ", (await Engine().GetHistoryAsync(filter)).Select(e => $"{e.Name} {e.Event}")));
    }

    [Fact]
    public async Task A_script_that_ran_and_a_stamp_concern_no_migration()
    {
        ThreeTables();
        await ApplyAsync(new ApplyRequest { First = 1 });
        await AppendAsync(r => r.Ran("seed.sql", MigrationScript.OfText("seed.sql", "SELECT 1;"), statements: 3));
        await AppendAsync(r => r.Ran("fix.sql", MigrationScript.OfText("fix.sql", "SELECT 2;"), statements: 1) with { Success = false });
        Assert.Null(await Engine(o => o with { Service = "api" }).StampAsync("staging"));
        Assert.Equal("staging", await Engine().StampAsync("production"));
        Assert.Equal("production", await Engine().StampAsync("production"));

        Assert.Equal("001_a Applied, 002_b Pending, 003_c Pending", await StatesAsync());
        Assert.Equal("production", (await Engine().GetSummaryAsync()).Stamp);
        Assert.True((await Engine().GetSummaryAsync()).Healthy);
        Assert.Equal("002_b, 003_c", Names(await ApplyAsync()));
        Assert.Equal("003_c, 002_b, 001_a", Names(await UndoAsync(new UndoRequest { All = true })));
        Assert.Equal(
            [
                ("seed.sql", JournalEvent.Ran, true, (int?)3),
                ("fix.sql", JournalEvent.Ran, false, null),
                ("staging", JournalEvent.Stamped, true, null),
                ("production", JournalEvent.Stamped, true, null),
            ],
            (await Engine().GetHistoryAsync()).Where(e => !e.IsOfMigration).Select(e => (e.Name, e.Event, e.Success, e.Statements))
        );
    }

    [Fact]
    public async Task A_history_of_stamps_alone_is_one_without_migrations()
    {
        await Database.ExecuteAsync("CREATE TABLE other (id integer)");
        await Engine().StampAsync("production");
        await ThrowsAsync<MigrationException>(ErrorId.FolderEmpty, () => Engine().GetStatusAsync());
        ThreeTables();
        Assert.Equal("001_a Pending, 002_b Pending, 003_c Pending", await StatesAsync());
        Assert.Null((await Engine().GetSummaryAsync()).LastRun);
    }

    private async Task AppendAsync(Func<JournalRecorder, JournalEntry> entry)
    {
        await using var session = await Kind.Driver.OpenAsync(
            Target(),
            new SessionOptions { Access = SessionAccess.Write },
            CancellationToken.None
        );
        await using var held = await session.LockAsync(CancellationToken.None);
        await session.History.AppendAsync(entry(new JournalRecorder(Kind.Driver.Dialect, service: null)), CancellationToken.None);
    }

    [Fact]
    public async Task Events_are_wanted_from_a_moment_on()
    {
        ThreeTables();
        await ApplyAsync();
        var all = await Engine().GetHistoryAsync();
        Assert.Equal(3, (await Engine().GetHistoryAsync(new HistoryFilter { Since = all[0].AppliedAt })).Count);
        Assert.Empty(await Engine().GetHistoryAsync(new HistoryFilter { Since = all[2].AppliedAt.AddTicks(10) }));
    }

    [Fact]
    public async Task A_profile_is_made_of_all_recorded_runs()
    {
        ThreeTables();
        await ApplyAsync();
        foreach (var milliseconds in new[] { 400, 100, 300 })
        {
            await UndoAsync();
            await ApplyAsync();
            await Database.ExecuteAsync(
                FormattableString.Invariant(
                    $"UPDATE migration_journal SET execution_time_ms = {milliseconds} WHERE id = (SELECT max(id) FROM migration_journal)"
                )
            );
        }

        await Database.ExecuteAsync(
            "UPDATE migration_journal SET execution_time_ms = 200 WHERE name = '003_c' AND event = 'applied' AND id = 3;"
        );
        await Database.ExecuteAsync("UPDATE migration_journal SET execution_time_ms = 700 WHERE name = '002_b'");
        await Database.ExecuteAsync("UPDATE migration_journal SET execution_time_ms = 0 WHERE name = '001_a'");
        var profiles = await Engine().GetProfileAsync();
        Assert.Equal(
            [("002_b", 1, 700d, 700d, 700d, 2, 0.7), ("003_c", 4, 300d, 250d, 400d, 1, 0.3), ("001_a", 1, 0d, 0d, 0d, 1, 0d)],
            profiles.Select(p =>
                (
                    p.Name,
                    p.Runs,
                    p.Last.TotalMilliseconds,
                    p.Median.TotalMilliseconds,
                    p.Longest.TotalMilliseconds,
                    p.Statements ?? -1,
                    Math.Round(p.Share, 3)
                )
            )
        );
        Assert.Equal(3, profiles[0].RowsAffected);
        Assert.All(profiles, p => Assert.Same(p.Target, profiles[0].Target));
        Assert.Equal(
            ("003_c", 1, 1d),
            Assert.Single((await Engine().GetProfileAsync(new HistoryFilter { Last = 1 })).Select(p => (p.Name, p.Runs, p.Share)))
        );
        Assert.Empty(await Engine().GetProfileAsync(new HistoryFilter { Events = [JournalEvent.RolledBack] }));
    }

    [Fact]
    public async Task A_profile_says_where_the_script_is_not_in_the_history()
    {
        Migration("001_a", "-- Store-Script: no\nCREATE TABLE a (id integer);");
        await ApplyAsync();
        var profile = Assert.Single(await Engine().GetProfileAsync());
        Assert.Null(profile.Statements);
        Assert.Equal(1, profile.Runs);
    }

    [Fact]
    public async Task The_table_has_the_columns_that_others_may_query()
    {
        ThreeTables();
        await ApplyAsync();
        var row = Assert.Single(
            await Database.RowsAsync(
                "SELECT id, service, version, name, description, semantic_version, direction, event, rows_affected, "
                    + "error_message, statement_index, schema_fingerprint "
                    + "FROM migration_journal WHERE version = '002'"
            )
        );
        Assert.Equal("2||002|002_b|the second|1.1.0|up|applied|3|||", row);
        Assert.Equal(
            "3",
            await Database.ScalarAsync(
                "SELECT count(*) FROM migration_journal WHERE run_id IS NOT NULL AND checksum IS NOT NULL AND applied_at IS NOT "
                    + "NULL AND applied_by IS NOT NULL AND host IS NOT NULL "
                    + "AND execution_time_ms >= 0 AND success AND tool_version IS NOT NULL AND script IS NOT NULL"
            )
        );
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(DISTINCT run_id) FROM migration_journal"));
    }

    [Fact]
    public async Task A_failure_and_an_undo_have_rows_of_their_own()
    {
        ThreeTables();
        await ApplyAsync();
        await UndoAsync();
        Write("003_c.up.sql", "INSERT INTO nowhere VALUES (1);");
        await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync());
        var rows = await Engine().GetHistoryAsync();
        Assert.Equal(
            [JournalEvent.Applied, JournalEvent.Applied, JournalEvent.Applied, JournalEvent.RolledBack, JournalEvent.Failed],
            rows.Select(r => r.Event)
        );
        Assert.Equal((MigrationDirection.Down, true), (rows[3].Direction, rows[3].Success));
        Assert.Equal((MigrationDirection.Up, false), (rows[4].Direction, rows[4].Success));
        Assert.Contains(Kind.NoSuchTable("nowhere"), rows[4].ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(3, rows.Select(r => r.RunId).Distinct().Count());
        Assert.Equal(rows.Select(r => r.Id).Order(), rows.Select(r => r.Id));
    }

    [Fact]
    public async Task A_script_without_a_transaction_is_journalled_statement_by_statement()
    {
        Migration("001_a", "-- Transaction: none\nCREATE TABLE a (id integer);\nINSERT INTO a VALUES (1);\n");
        await ApplyAsync();
        var rows = await Engine().GetHistoryAsync();
        Assert.Equal(
            [
                (JournalEvent.Started, 0),
                (JournalEvent.Progress, 0),
                (JournalEvent.Started, 1),
                (JournalEvent.Progress, 1),
                (JournalEvent.Applied, (int?)null),
            ],
            rows.Select(r => (r.Event, r.StatementIndex))
        );
        Assert.NotEqual(rows[1].Checksum, rows[3].Checksum);
    }

    [Fact]
    public async Task Password_literals_are_masked()
    {
        Migration(
            "001_a",
            """
            CREATE TABLE a (password text, note text);
            -- the next is a password 'in-a-comment'
            INSERT INTO a (password, note) VALUES ('kept', 'x');
            UPDATE a SET password = 'hunter2', note = 'visible' WHERE password='hunter3';
            """
        );
        await ApplyAsync();
        var stored = await Database.ScalarAsync("SELECT script FROM migration_journal");
        Assert.DoesNotContain("hunter", stored, StringComparison.Ordinal);
        Assert.Contains("SET password = '***', note = 'visible' WHERE password='***'", stored, StringComparison.Ordinal);
        Assert.Equal(MigrationState.Applied, (await StatusOfAsync("001_a")).State);
        Assert.Equal(
            "hunter2",
            await Database.ScalarAsync("SELECT coalesce(max(CASE WHEN password = 'hunter2' THEN password END), 'hunter2') FROM a")
        );
    }

    [Fact]
    public async Task Services_share_a_database_and_not_a_history()
    {
        ThreeTables();
        var api = Engine(o => o with { Service = "api" });
        var scores = Engine(o => o with { Service = "scores" });
        await api.ApplyAsync(new ApplyRequest { Target = "001" });
        Assert.Equal("001_a Applied, 002_b Pending, 003_c Pending", await StatesAsync(api));
        Assert.Equal("001_a Pending, 002_b Pending, 003_c Pending", await StatesAsync(scores));
        Assert.Equal("001_a Pending, 002_b Pending, 003_c Pending", await StatesAsync());
        Assert.Empty(await scores.GetHistoryAsync());
        Assert.Equal("api", Assert.Single(await api.GetHistoryAsync()).Service);
        Assert.Equal("api", (await api.GetStatusAsync())[0].Service);
        Assert.Empty(await scores.UndoAsync());
        Assert.Equal("001_a", Names(await api.UndoAsync()));
    }

    [Fact]
    public async Task The_history_table_can_have_another_name()
    {
        ThreeTables();
        var engine = Engine(o => o with { Session = o.Session with { HistoryTable = "My \"Journal\"" } });
        await engine.ApplyAsync();
        Assert.Equal("My \"Journal\", a, b, c", string.Join(", ", (await Database.TablesAsync()).Order(StringComparer.Ordinal)));
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Applied", await StatesAsync(engine));
        Assert.Equal("001_a Pending, 002_b Pending, 003_c Pending", await StatesAsync());
        Assert.Equal("003_c, 002_b, 001_a", Names(await engine.UndoAsync(new UndoRequest { All = true, AcceptDataLoss = true })));
    }

    [Fact]
    public async Task A_table_of_the_users_is_not_taken_for_the_history()
    {
        ThreeTables();
        await Database.ExecuteAsync("CREATE TABLE migration_journal (id integer, kilometres integer)");
        await ThrowsAsync<MigrationException>(ErrorId.HistoryTableConflict, () => Engine().GetStatusAsync());
        var error = await ThrowsAsync<MigrationException>(ErrorId.HistoryTableConflict, () => ApplyAsync());
        Assert.Contains("migration_journal", error.Message, StringComparison.Ordinal);
        Assert.Contains("--history-table", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Equal("", await TablesAsync());
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM migration_journal"));
        Assert.Equal(
            "001_a, 002_b, 003_c",
            Names(await Engine(o => o with { Session = o.Session with { HistoryTable = "other" } }).ApplyAsync())
        );
    }

    [Fact]
    public async Task Migrations_known_by_name_may_share_a_version()
    {
        Migration("0005_a", "CREATE TABLE a (id integer);", "DROP TABLE a;");
        Migration("0005_b", "CREATE TABLE b (id integer);", "DROP TABLE b;");
        var twice = await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => ApplyAsync());
        Assert.Contains(twice.Problems, p => p.Id == ErrorId.MigrationDuplicate);

        var engine = Engine(o => o with { Folder = o.Folder with { IdentityByName = true } });
        Assert.Equal("0005_a, 0005_b", Names(await engine.ApplyAsync()));
        Assert.Equal("0005_b, 0005_a", Names(await engine.UndoAsync(new UndoRequest { All = true, AcceptDataLoss = true })));
    }

    [Fact]
    public async Task Other_tools_tables_are_just_tables()
    {
        Migration(
            "001_a",
            "CREATE TABLE schema_migrations (version text);\nCREATE TABLE flyway_schema_history (version text);\nINSERT INTO "
                + "schema_migrations VALUES ('002');\n"
        );
        Migration("002_b", "DROP TABLE flyway_schema_history;\nALTER TABLE schema_migrations ADD COLUMN dirty boolean;\n");
        await ApplyAsync();
        Assert.Equal("001_a Applied, 002_b Applied", await StatesAsync());
        Assert.Equal("schema_migrations", await TablesAsync());
    }
}

public sealed class SqliteHistoryTests() : HistoryConformance(DatabaseKind.Sqlite)
{
    [Fact]
    public async Task A_history_schema_is_refused() =>
        await ThrowsAsync<MigrationException>(
            ErrorId.UsageInvalid,
            () => Engine(o => o with { Session = o.Session with { HistorySchema = "x" } }).ApplyAsync()
        );
}

public sealed class PostgreSqlHistoryTests() : HistoryConformance(DatabaseKind.PostgreSql)
{
    [Fact]
    public async Task The_history_can_live_in_another_schema()
    {
        ThreeTables();
        await Database.ExecuteAsync("CREATE SCHEMA \"Ops\"");
        var engine = Engine(o => o with { Session = o.Session with { HistorySchema = "Ops" } });
        await engine.ApplyAsync();
        Assert.Equal("3", await Database.ScalarAsync("SELECT count(*) FROM \"Ops\".migration_journal"));
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Applied", await StatesAsync(engine));
        Assert.DoesNotContain("migration_journal", await Database.TablesAsync());
        await engine.UndoAsync(new UndoRequest { All = true, AcceptDataLoss = true });
        Assert.Equal("", string.Join(", ", (await Database.TablesAsync()).Where(t => !t.StartsWith("Ops.", StringComparison.Ordinal))));
    }
}
