using Migrations.Backup;
using Migrations.Planning;

namespace Migrations.Databases.Tests.Backups;

/// <summary>Runs that stand on a backup.</summary>
public abstract class RunBackupConformance(DatabaseKind kind) : BackupSuite(kind)
{
    private BackupRequest Request => new() { Folder = Backups };

    [Fact]
    public async Task A_run_makes_a_backup_before_its_first_step_and_names_it()
    {
        ThreeTables();
        await ApplyAsync(new ApplyRequest { First = 1 });
        var results = await ApplyAsync(new ApplyRequest { Backup = Request });
        Assert.Equal("002_b, 003_c", Names(results));
        var backup = Assert.Single(await Catalogue.ReadAsync(Backups));
        Assert.All(results, r => Assert.Equal(backup.Path, r.Backup));
        Assert.Equal("001", backup.MigrationVersion);
        await RestoreAsync(backup);
        Assert.Equal("001_a Applied, 002_b Pending, 003_c Pending", await StatesAsync());
    }

    [Fact]
    public async Task With_nothing_to_do_there_is_no_backup()
    {
        await FillAsync();
        Assert.Empty(await ApplyAsync(new ApplyRequest { Backup = Request }));
        Assert.Empty(Listing());
    }

    [Fact]
    public async Task An_undo_makes_one_too()
    {
        await FillAsync();
        var undone = Assert.Single(await UndoAsync(new UndoRequest { Backup = Request }));
        var backup = Assert.Single(await Catalogue.ReadAsync(Backups));
        Assert.Equal(backup.Path, undone.Backup);
        Assert.Equal("003", backup.MigrationVersion);
    }

    [Fact]
    public async Task When_the_backup_fails_nothing_runs()
    {
        ThreeTables();
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.BackupFolderInvalid,
            () => ApplyAsync(new ApplyRequest { Backup = new BackupRequest { Folder = BackupFile("missing") } })
        );
        Assert.Equal(["001_a", "002_b", "003_c"], error.NotApplied);
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task A_failure_says_how_to_go_back()
    {
        ThreeTables();
        Migration("004_bad", "INSERT INTO nowhere VALUES (1);");
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync(new ApplyRequest { Backup = Request }));
        var backup = Assert.Single(await Catalogue.ReadAsync(Backups));
        Assert.Equal(backup.Path, error.Backup);
        Assert.Contains(
            $"migrations restore \"{backup.Path}\" --database \"{Target().Display}\"",
            error.NextStep.ToString(),
            StringComparison.Ordinal
        );
        Assert.Equal("a, b, c", await TablesAsync());
    }

    [Fact]
    public async Task What_no_rollback_undid_is_restored_and_the_failed_state_kept()
    {
        await FillAsync();
        var before = await StateAsync();
        Migration("004_d", "CREATE TABLE d (id integer);");
        Migration("005_bad", "-- Transaction: none\nCREATE TABLE half (id integer);\nINSERT INTO nowhere VALUES (1);");
        var error = await ThrowsAsync<StatementException>(
            ErrorId.StatementFailed,
            () => ApplyAsync(new ApplyRequest { Backup = Request, RestoreOnFailure = true })
        );
        Assert.Empty(error.Applied);
        Assert.Equal(["004_d", "005_bad"], error.NotApplied);
        Assert.Contains("was restored", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Contains("failed", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, await StateAsync());
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Applied, 004_d Pending, 005_bad Pending", await StatesAsync());
        Assert.Contains("half", await KeptTablesAsync(error.NextStep.ToString()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_rollback_undid_is_not_restored()
    {
        ThreeTables();
        Migration("004_bad", "INSERT INTO nowhere VALUES (1);");
        var error = await ThrowsAsync<StatementException>(
            ErrorId.StatementFailed,
            () => ApplyAsync(new ApplyRequest { Backup = Request, RestoreOnFailure = true })
        );
        Assert.Equal(3, error.Applied.Count);
        Assert.Equal("a, b, c", await TablesAsync());
        Assert.Single(await Catalogue.ReadAsync(Backups));
    }

    [Fact]
    public async Task What_another_run_wrote_meanwhile_is_not_restored_over()
    {
        await FillAsync();
        var backup = await BackUpAsync();
        await UndoAsync();
        var before = await StateAsync();
        await Assert.ThrowsAnyAsync<MigrationException>(() => RestoreAsync(backup, new RestoreRequest { ExpectedLastId = 3 }));
        Assert.Equal(before, await StateAsync());
        await RestoreAsync(backup, new RestoreRequest { ExpectedLastId = 4 });
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Applied", await StatesAsync());
    }

    [Fact]
    public async Task What_another_run_wrote_while_the_lock_was_lost_is_not_restored_over()
    {
        await FillAsync();
        // The row that such a run would have left.
        Migration(
            "004_bad",
            """
            -- Transaction: none
            CREATE TABLE half (id integer);
            INSERT INTO migration_journal (run_id, version, name, direction, event, applied_at, applied_by, host, success, tool_version)
                SELECT '11111111-2222-3333-4444-555555555555', '009', '009_other', direction, event, applied_at, applied_by, host, success,
                    tool_version FROM migration_journal WHERE id = 1;
            """
        );
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.HistoryTableConflict,
            () => ApplyAsync(new ApplyRequest { Backup = Request, RestoreOnFailure = true })
        );
        Assert.Contains("not restored", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Contains("migrations restore", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Equal("a, b, c, half", await TablesAsync());
    }

    [Fact]
    public async Task A_restore_needs_a_backup() =>
        await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => ApplyAsync(new ApplyRequest { RestoreOnFailure = true }));

    private async Task<string> KeptTablesAsync(string text)
    {
        const string Mark = "kept as '";
        var kept = text[(text.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)..].TrimEnd('.').TrimEnd('\'');
        await using var session = await Kind.Driver.OpenAsync(
            Kind.Kept(Database.Address, kept),
            new SessionOptions(),
            CancellationToken.None
        );
        return string.Join(", ", (await session.Inspector.ReadContentAsync(digests: false, CancellationToken.None)).Select(t => t.Table));
    }
}

public sealed class SqliteRunBackupTests() : RunBackupConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlRunBackupTests() : RunBackupConformance(DatabaseKind.PostgreSql)
{
    [Theory]
    [InlineData("SELECT pg_terminate_backend(pg_backend_pid())", "connection broke", "was restored", "a, b, c")]
    [InlineData(
        "DROP TABLE migration_journal",
        "The history table public.migration_journal is gone",
        "migrations restore",
        "a, b, c, half"
    )]
    public async Task The_first_failure_is_told_though_the_session_or_the_history_is_gone(
        string end,
        string failure,
        string way,
        string tables
    )
    {
        await FillAsync();
        Migration("004_bad", $"-- Transaction: none\nCREATE TABLE half (id integer);\n{end};\n");
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() =>
            ApplyAsync(
                new ApplyRequest
                {
                    Backup = new BackupRequest { Folder = Backups },
                    RestoreOnFailure = true,
                }
            )
        );
        Assert.Contains(failure, error.Message, StringComparison.Ordinal);
        Assert.Contains(way, error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Equal(tables, await TablesAsync());
    }
}
