using System.Diagnostics;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>
/// Scripts that run without a transaction: what of them is in the database, and the transactions that they bring themselves.
/// </summary>
public abstract class OwnTransactionConformance(DatabaseKind kind) : Conformance(kind)
{
    private const string Pairs = """
        -- Transaction: none
        CREATE TABLE a (id integer PRIMARY KEY);
        BEGIN;
        INSERT INTO a VALUES (1);
        INSERT INTO a VALUES (2);
        COMMIT;
        BEGIN;
        INSERT INTO a VALUES (3);
        INSERT INTO a VALUES (4);
        COMMIT;
        INSERT INTO a VALUES (5);

        """;

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.None)]
    public async Task Pairs_of_begin_and_commit_run_as_they_are(TransactionMode mode)
    {
        Migration("001_pairs", mode == TransactionMode.None ? Pairs.Replace("-- Transaction: none\n", "") : Pairs);
        Assert.Equal("001_pairs", Names(await ApplyAsync(new ApplyRequest { TransactionMode = mode })));
        Assert.Equal(["1", "2", "3", "4", "5"], await Database.RowsAsync("SELECT id FROM a ORDER BY id"));
        Assert.Equal("10", await Database.ScalarAsync("SELECT count(*) FROM migration_journal WHERE event = 'progress'"));
        Assert.Equal("001_pairs Applied", await StatesAsync());
    }

    [Theory]
    [InlineData(
        "INSERT INTO a VALUES (4)",
        "1,2",
        "statements 1 to 5 of the script (lines 2 to 6), which runs without a transaction; its own transaction, begun in "
            + "line 7, was rolled back"
    )]
    [InlineData(
        "INSERT INTO a VALUES (2)",
        "",
        "statement 1 of the script (line 2), which runs without a transaction; its own transaction, begun in line 3, was rolled back"
    )]
    [InlineData("INSERT INTO a VALUES (5)", "1,2,3,4", "statements 1 to 9 of the script (lines 2 to 10), which runs without a transaction")]
    [InlineData("CREATE TABLE a (id integer PRIMARY KEY)", null, "no statement of the script, which runs without a transaction")]
    public async Task A_failure_takes_back_its_own_pair_only_and_the_next_run_goes_on_there(
        string statement,
        string? left,
        string inDatabase
    )
    {
        Migration("001_pairs", Pairs.Replace(statement, "INSERT INTO nowhere VALUES (1)"));
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync());
        Assert.Equal(inDatabase, error.InDatabase);
        Assert.Equal(left is null ? "" : "a", await TablesAsync());
        if (left is not null)
            Assert.Equal(left, string.Join(',', await Database.RowsAsync("SELECT id FROM a ORDER BY id")));

        Migration("001_pairs", Pairs);
        Assert.Equal("001_pairs", Names(await ApplyAsync()));
        Assert.Equal(["1", "2", "3", "4", "5"], await Database.RowsAsync("SELECT id FROM a ORDER BY id"));
    }

    [Fact]
    public async Task Killed_inside_a_pair_the_database_is_as_before_the_pair()
    {
        Migration("001_pairs", Pairs.Replace("INSERT INTO a VALUES (4)", Kind.SlowStatement));
        using (var process = CliProcess.Start(new CliCall { Arguments = ["up", "--database", Database.Address, "--path", Folder] }))
        {
            await UntilAsync(async () =>
                (await Database.TablesAsync()).Contains("a")
                && await Database.ScalarAsync("SELECT count(*) FROM migration_journal WHERE event = 'started' AND statement_index = 5")
                    == "1"
            );
            process.Kill();
            await process.WaitAsync();
        }

        Migration("001_pairs", Pairs);
        Assert.Equal("001_pairs", Names(await ApplyAsync()));
        Assert.Equal(["1", "2", "3", "4", "5"], await Database.RowsAsync("SELECT id FROM a ORDER BY id"));
    }

    [Theory]
    [InlineData("BEGIN;\nBEGIN;\nCREATE TABLE a (id integer);\nCOMMIT;", 2, "inside the transaction that begins in line 1")]
    [InlineData("SELECT 1;\nCOMMIT;", 2, "COMMIT without BEGIN")]
    [InlineData("SELECT 1;\nBEGIN;\nCREATE TABLE a (id integer);", 2, "BEGIN without COMMIT")]
    [InlineData("SELECT 1;\nBEGIN;\nVACUUM;\nCOMMIT;", 3, "cannot run in the transaction that begins in line 2")]
    [InlineData("SELECT 1;\nBEGIN;\nCREATE TABLE a (id integer);\nROLLBACK;", 4, "ROLLBACK")]
    public async Task Pairs_that_do_not_fit_are_refused_before_anything_runs(string script, int line, string expected)
    {
        Migration("001_pairs", script);
        var error = await ThrowsAsync<FolderException>(
            ErrorId.FolderInvalid,
            () => ApplyAsync(new ApplyRequest { TransactionMode = TransactionMode.None })
        );
        var problem = error.Problems[0];
        Assert.Equal((ErrorId.TransactionControlInvalid, line), (problem.Id, problem.Location.Line));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    public async Task A_failure_in_a_transaction_leaves_nothing_and_the_error_says_so(TransactionMode mode)
    {
        Migration("001_a", "CREATE TABLE a (id integer);\nINSERT INTO nowhere VALUES (1);\n");
        var error = await ThrowsAsync<StatementException>(
            ErrorId.StatementFailed,
            () => ApplyAsync(new ApplyRequest { TransactionMode = mode })
        );
        Assert.Equal("nothing of the script, which was rolled back", error.InDatabase);
        Assert.Equal("", await TablesAsync());
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var clock = Stopwatch.StartNew(); !await condition(); await Task.Delay(50))
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "What was waited for did not happen.");
    }

    [Fact]
    public async Task The_command_says_which_statements_are_in_the_database()
    {
        Migration(
            "001_a",
            "-- Transaction: none\nCREATE TABLE a (id integer PRIMARY KEY);\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (1);\n"
        );
        var text = await CliProcess.RunAsync("up", "--database", Database.Address, "--path", Folder);
        Assert.Contains(
            "In the database: statements 1 and 2 of the script (lines 2 to 3), which runs without a transaction",
            text.Error,
            StringComparison.Ordinal
        );
        var json = await CliProcess.RunAsync("up", "--database", Database.Address, "--path", Folder, "--output", "json");
        Assert.Contains("\"inDatabase\":\"statements 1 and 2", json.Error, StringComparison.Ordinal);
    }
}

public sealed class SqliteOwnTransactionTests() : OwnTransactionConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlOwnTransactionTests() : OwnTransactionConformance(DatabaseKind.PostgreSql);
