using System.Globalization;
using System.Text;
using Migrations.Events;
using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>
/// A step and its history row are one: what suppresses the row, or changes others with it, takes the step back; and so does a script that
/// changes while it runs.
/// </summary>
public abstract class HistoryTamperingConformance(DatabaseKind kind) : Conformance(kind)
{
    protected const string Another =
        "INSERT INTO migration_journal (run_id, name, direction, event, applied_at, applied_by, host, success, tool_version)"
        + " SELECT run_id, name, direction, event, applied_at, applied_by, host, success, tool_version FROM migration_journal WHERE id = 1";

    public static TheoryData<string, TransactionMode> Scripts =>
        Table(
            "DELETE FROM migration_journal WHERE id = 1",
            "DELETE FROM migration_journal",
            "UPDATE migration_journal SET checksum = 'x' WHERE id = 1",
            Another
        );

    /// <summary>What suppresses rows that are inserted into the history.</summary>
    protected abstract string SwallowingTrigger { get; }

    protected static TheoryData<string, TransactionMode> Table(params string[] scripts)
    {
        var data = new TheoryData<string, TransactionMode>();
        foreach (var script in scripts)
        {
            foreach (var mode in Enum.GetValues<TransactionMode>())
                data.Add(script, mode);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task A_script_that_writes_to_the_history_is_not_applied(string script, TransactionMode mode)
    {
        await IsRefusedAsync(script, mode);
        if (mode != TransactionMode.None)
            Assert.Equal("001_a applied, 002_b failed", await JournalAsync());
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    public async Task A_script_that_drops_the_history_is_not_applied(TransactionMode mode)
    {
        await BeginAsync("CREATE TABLE b (id integer);\nDROP TABLE migration_journal;\n");
        await Assert.ThrowsAnyAsync<MigrationException>(() => ApplyAsync(new ApplyRequest { TransactionMode = mode }));
        Assert.Equal("a", await TablesAsync());
        Assert.Equal("001_a applied, 002_b failed", await JournalAsync());
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    [InlineData(TransactionMode.None)]
    public async Task A_step_whose_row_is_suppressed_is_rolled_back_up_and_down(TransactionMode mode)
    {
        await BeginAsync("CREATE TABLE b (id integer);\n");
        await Database.ExecuteAsync(SwallowingTrigger);
        await ThrowsAsync<MigrationException>(ErrorId.HistoryTableConflict, () => ApplyAsync(new ApplyRequest { TransactionMode = mode }));
        await ThrowsAsync<MigrationException>(ErrorId.HistoryTableConflict, () => UndoAsync(new UndoRequest { TransactionMode = mode }));
        Assert.Equal("a", await TablesAsync());
        Assert.Equal("001_a applied", await JournalAsync());
        // And it says that it could not record even that.
        Assert.Contains(Events.Of<WarningRaised>(), w => w.Message.Contains("could not be recorded", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_records_without_running_is_not_suppressed_either()
    {
        await BeginAsync("CREATE TABLE b (id integer);\n");
        Migration("001_a", "CREATE TABLE a (id integer); -- edited\nCREATE TABLE z (id integer);\n", "DROP TABLE a;\n");
        await Database.ExecuteAsync(SwallowingTrigger);
        await ThrowsAsync<MigrationException>(
            ErrorId.HistoryTableConflict,
            () => Engine().RepairAsync(new RepairRequest { Name = "001_a" })
        );
        Assert.Equal("001_a applied", await JournalAsync());
    }

    [Fact]
    public async Task A_baseline_is_not_suppressed_either()
    {
        await BeginAsync("CREATE TABLE b (id integer);\n");
        await Database.ExecuteAsync("DELETE FROM migration_journal");
        await Database.ExecuteAsync(SwallowingTrigger);
        await ThrowsAsync<MigrationException>(
            ErrorId.HistoryTableConflict,
            () => Engine().BaselineAsync(new BaselineRequest { Target = "002" })
        );
        Assert.Equal("", await JournalAsync());
    }

    [Theory]
    [InlineData(TransactionMode.Each, false)]
    [InlineData(TransactionMode.Each, true)]
    [InlineData(TransactionMode.All, false)]
    [InlineData(TransactionMode.All, true)]
    [InlineData(TransactionMode.None, true)]
    public async Task A_large_script_that_changes_while_it_runs_is_rolled_back(TransactionMode mode, bool isCutShort)
    {
        Migration("001_a", "CREATE TABLE a (id integer);\n");
        await ApplyAsync();
        var file = Write("002_b.up.sql", Rows(10_000, 'x'));
        var events = new EditingSink(() =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            if (isCutShort)
            {
                stream.SetLength(stream.Length - "INSERT INTO a VALUES (10000); -- x\n".Length);
                return;
            }

            stream.Position = stream.Length - 2;
            stream.WriteByte((byte)'y');
        });
        var engine = Engine(o => o with { Session = o.Session with { Events = events } });
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.FileChanged,
            () => engine.ApplyAsync(new ApplyRequest { TransactionMode = mode })
        );
        Assert.Equal(file, error.Location?.File);
        if (mode != TransactionMode.None)
            Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM a"));
        Assert.DoesNotContain("002_b applied", await JournalAsync(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, Rows(10_000, 'x'));
        Assert.Equal(MigrationState.Failed, (await StatusOfAsync("002_b")).State);
    }

    protected async Task IsRefusedAsync(string script, TransactionMode mode)
    {
        await BeginAsync($"{script};\nCREATE TABLE b (id integer);\n");
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.HistoryTableConflict,
            () => ApplyAsync(new ApplyRequest { TransactionMode = mode })
        );
        Assert.Equal("a", await TablesAsync());
        // What ran without a transaction is not said to be rolled back.
        var isCommitted = mode == TransactionMode.None && !script.StartsWith("BEGIN", StringComparison.Ordinal);
        Assert.Equal(isCommitted, error.Message.Contains("without a transaction is committed", StringComparison.Ordinal));
        Assert.Equal(!isCommitted, error.Message.EndsWith("That transaction was rolled back.", StringComparison.Ordinal));
        Assert.Equal(isCommitted, error.NextStep.ToString().StartsWith("Restore the rows", StringComparison.Ordinal));
        if (isCommitted)
            Assert.StartsWith("statement", error.InDatabase, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    public async Task A_script_that_writes_to_the_history_and_fails_for_another_reason_is_recorded(TransactionMode mode)
    {
        await BeginAsync("UPDATE migration_journal SET checksum = 'x' WHERE id = 1;\nSELECT no_such;\n");
        await ThrowsAsync<MigrationException>(ErrorId.StatementFailed, () => ApplyAsync(new ApplyRequest { TransactionMode = mode }));
        Assert.Equal("001_a applied, 002_b failed", await JournalAsync());
        Assert.DoesNotContain(Events.Of<WarningRaised>(), w => w.Message.Contains("could not be recorded", StringComparison.Ordinal));
    }

    private static string Rows(int count, char mark)
    {
        var text = new StringBuilder();
        for (var i = 1; i <= count; i++)
            text.Append(CultureInfo.InvariantCulture, $"INSERT INTO a VALUES ({i:00000}); -- {mark}\n");
        return text.ToString();
    }

    /// <summary>Does something when the second step begins, after everything was read and checked.</summary>
    private sealed class EditingSink(Action edit) : IEventSink
    {
        public void Publish(MigrationEvent item)
        {
            if (item is StepStarted)
                edit();
        }
    }
}

public sealed class SqliteHistoryTamperingTests() : HistoryTamperingConformance(DatabaseKind.Sqlite)
{
    protected override string SwallowingTrigger =>
        "CREATE TRIGGER swallow BEFORE INSERT ON migration_journal BEGIN SELECT RAISE(IGNORE); END";

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    public async Task A_schema_written_by_hand_does_not_lose_the_history(TransactionMode mode)
    {
        await BeginAsync(
            "PRAGMA writable_schema = 1;\nDELETE FROM sqlite_master WHERE name = 'migration_journal';\nCREATE TABLE b (id integer);\n"
        );
        await ThrowsAsync<MigrationException>(ErrorId.HistoryTableConflict, () => ApplyAsync(new ApplyRequest { TransactionMode = mode }));
        Assert.Equal("a", await TablesAsync());
        Assert.Equal("001_a applied, 002_b failed", await JournalAsync());
    }

    [Theory]
    [InlineData("CREATE TABLE b (id integer)")]
    [InlineData("PRAGMA writable_schema = 0;\nCREATE TABLE b (id integer)")]
    [InlineData("BEGIN;\nDELETE FROM sqlite_master WHERE name = 'b';\nCOMMIT")]
    public async Task A_history_that_a_schema_written_by_hand_loses_is_missed_without_a_transaction_too(string rest)
    {
        await BeginAsync($"PRAGMA writable_schema = 1;\nDELETE FROM sqlite_master WHERE name = 'migration_journal';\n{rest};\n");
        await ThrowsAsync<MigrationException>(
            ErrorId.HistoryTableConflict,
            () => ApplyAsync(new ApplyRequest { TransactionMode = TransactionMode.None })
        );
        Assert.DoesNotContain(Events.Of<StepFinished>(), s => s.Result is { Name: "002_b", Outcome: MigrationOutcome.Done });
    }

    public static TheoryData<string, TransactionMode> Replacements =>
        Table(
            "ALTER TABLE migration_journal RENAME TO kept;\nALTER TABLE kept RENAME TO migration_journal",
            "CREATE TABLE copy (id INTEGER PRIMARY KEY, run_id, service, version, name, description, semantic_version, "
                + "direction, event, checksum,"
                + " applied_at, applied_by, host, execution_time_ms, rows_affected, success, error_message, statement_index,"
                + " schema_fingerprint, tool_version, script);\nINSERT INTO copy SELECT * FROM migration_journal;\nUPDATE copy SET "
                + "checksum = 'x';\nDROP TABLE main.migration_journal;\n"
                + "ALTER TABLE copy RENAME TO \"Migration_Journal\"",
            "DROP TABLE IF EXISTS [migration_journal];\nSELECT 1"
        );

    [Theory]
    [MemberData(nameof(Replacements))]
    public async Task A_script_that_puts_another_table_in_place_of_the_history_is_not_applied(string script, TransactionMode mode)
    {
        // Without a transaction of ours: in one of its own, whose rows are written with its COMMIT.
        await BeginAsync(mode == TransactionMode.None ? $"BEGIN;\n{script};\nSELECT 1;\nCOMMIT;\n" : $"{script};\n");
        await ThrowsAsync<MigrationException>(ErrorId.HistoryTableConflict, () => ApplyAsync(new ApplyRequest { TransactionMode = mode }));
        Assert.Equal("a", await TablesAsync());
        Assert.StartsWith("001_a applied", await JournalAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    [InlineData(TransactionMode.None)]
    public async Task A_row_that_takes_the_place_of_another_is_no_row_of_its_own(TransactionMode mode) =>
        await IsRefusedAsync("INSERT OR REPLACE INTO migration_journal SELECT * FROM migration_journal WHERE id = 1", mode);

    [Theory]
    [InlineData("AFTER INSERT ON migration_journal BEGIN DELETE FROM migration_journal WHERE id = new.id; END")]
    [InlineData("AFTER INSERT ON migration_journal BEGIN UPDATE migration_journal SET checksum = 'x' WHERE id < new.id; END")]
    public async Task A_trigger_that_changes_the_history_takes_the_step_back(string trigger)
    {
        await BeginAsync("CREATE TABLE b (id integer);\n");
        await Database.ExecuteAsync("CREATE TRIGGER t " + trigger);
        await ThrowsAsync<MigrationException>(ErrorId.HistoryTableConflict, () => ApplyAsync());
        Assert.Equal("a", await TablesAsync());
    }
}
