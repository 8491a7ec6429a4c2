using Migrations.Events;

namespace Migrations.Sqlite.Tests;

/// <summary>Further ways in which a rebuild can lose, and further scripts that only look like one.</summary>
public abstract class GuardWaysTests(TransactionMode mode) : IDisposable
{
    private readonly TestFolder _folder = new(mode);

    public sealed class InEach() : GuardWaysTests(TransactionMode.Each);

    public sealed class InAll() : GuardWaysTests(TransactionMode.All);

    public sealed class InNone() : GuardWaysTests(TransactionMode.None);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("CASCADE")]
    [InlineData("SET NULL")]
    [InlineData("RESTRICT")]
    public async Task A_script_with_pragma_and_transaction_of_its_own_is_guarded_as_any_other(string action)
    {
        await _folder.RunAsync(TestFamily.WithNamesake(action));
        await _folder.RunAsync($"PRAGMA foreign_keys = OFF;\nBEGIN TRANSACTION;\n{TestFamily.Rebuild}\nCOMMIT;\nPRAGMA foreign_keys = ON;");
        Assert.Equal("10:1,11:1,12:2", _folder.Ask("SELECT group_concat(id || ':' || user_id) FROM posts"));

        var error = await _folder.FailAsync(
            $"PRAGMA foreign_keys = OFF;\nBEGIN;\n{TestFamily.Rebuild.Replace("FROM users;", "FROM users WHERE id <> 1;")}\nCOMMIT;"
        );
        Assert.Equal(ErrorId.ForeignKeyViolated, error.Id);
        Assert.Contains("2 rows of 'posts'", error.Message, StringComparison.Ordinal);
        Assert.Equal("3", _folder.Ask("SELECT count(*) FROM users"));
    }

    [Theory]
    [InlineData("CASCADE")]
    [InlineData("SET NULL")]
    [InlineData("NO ACTION")]
    public async Task A_pragma_in_the_middle_that_enforces_again_does_not_let_the_drop_cascade(string action)
    {
        await _folder.RunAsync(TestFamily.WithNamesake(action));
        await _folder.RunAsync("PRAGMA foreign_keys = ON;\n" + TestFamily.Rebuild);
        Assert.Equal("10:1,11:1,12:2", _folder.Ask("SELECT group_concat(id || ':' || user_id) FROM posts"));
    }

    [Fact]
    public async Task Rows_that_a_trigger_of_the_rebuilt_table_takes_are_missed()
    {
        await _folder.RunAsync(
            TestFamily.WithNamesake("NO ACTION")
                + "\nCREATE TRIGGER users_gone AFTER DELETE ON users BEGIN DELETE FROM posts WHERE user_id = old.id; END;"
        );

        // The copy is emptied by DELETE before the drop, which fires the trigger.
        var error = await _folder.FailAsync(TestFamily.Rebuild.Replace("DROP TABLE users;", "DELETE FROM users;\nDROP TABLE users;"));

        Assert.Equal(ErrorId.RowsLost, error.Id);
        Assert.Contains("'posts'", error.Message, StringComparison.Ordinal);
        Assert.Equal("3", _folder.Ask("SELECT count(*) FROM posts"));
    }

    [Theory]
    [InlineData("CREATE TABLE users_new AS SELECT id, name FROM users;\nDROP TABLE users;\nALTER TABLE users_new RENAME TO users;")]
    [InlineData(
        "ALTER TABLE users RENAME TO users_old;\nCREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\nINSERT INTO "
            + "users SELECT id, name FROM users_old;\nDROP TABLE users_old;"
    )]
    public async Task Empty_children_lose_their_key_as_full_ones_do(string script)
    {
        await _folder.RunAsync(TestFamily.WithNamesake("CASCADE") + "\nDELETE FROM posts;");

        var error = await _folder.FailAsync(script);

        Assert.Equal(ErrorId.ForeignKeyBroken, error.Id);
        Assert.Contains("'posts'", error.Message, StringComparison.Ordinal);
        Assert.Equal("users", _folder.Ask("SELECT \"table\" FROM pragma_foreign_key_list('posts')"));
    }

    [Fact]
    public async Task Rows_that_are_made_distinct_on_purpose_pass_when_the_header_allows_it()
    {
        const string Distinct = """
            CREATE TABLE names_new (name TEXT PRIMARY KEY);
            INSERT INTO names_new SELECT DISTINCT name FROM names;
            DROP TABLE names;
            ALTER TABLE names_new RENAME TO names;
            """;
        await _folder.RunAsync("CREATE TABLE names (name TEXT); INSERT INTO names VALUES ('a'), ('a'), ('b');");

        var error = await _folder.FailAsync(Distinct);
        Assert.Equal(ErrorId.RowsLost, error.Id);
        Assert.Contains("Row-Loss: allowed", error.NextStep.ToString(), StringComparison.Ordinal);

        await _folder.RunAsync(Distinct, new MigrationHeader { RowLossAllowed = true });
        Assert.Equal("2", _folder.Ask("SELECT count(*) FROM names"));
    }

    [Fact]
    public async Task Cascading_deletes_raise_no_alarm_beside_a_rebuild_of_another_table()
    {
        await _folder.RunAsync(
            TestFamily.WithNamesake("CASCADE") + "\nCREATE TABLE other (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO other VALUES (1, 'x');"
        );

        await _folder.RunAsync(
            "DELETE FROM posts WHERE user_id = 1;\nDELETE FROM users WHERE id = 1;\n"
                + TestFamily.Rebuild.Replace("users", "other").Replace("name", "a")
        );

        Assert.Equal("1", _folder.Ask("SELECT count(*) FROM posts"));
    }

    [Theory]
    [InlineData("CASCADE")]
    [InlineData("SET NULL")]
    [InlineData("RESTRICT")]
    public async Task An_attached_database_is_guarded_too(string action)
    {
        var other = Path.Combine(_folder.Path, "it's other.db");
        var attach = $"ATTACH '{other.Replace("'", "''")}' AS \"the other\";\n";
        await _folder.RunAsync(
            attach + TestFamily.WithNamesake(action).Replace("TABLE ", "TABLE \"the other\".").Replace("INTO ", "INTO \"the other\".")
        );
        var rebuild =
            attach
            + TestFamily
                .Rebuild.Replace("CREATE TABLE ", "CREATE TABLE \"the other\".")
                .Replace("INTO ", "INTO \"the other\".")
                .Replace("TABLE users;", "TABLE \"the other\".users;")
                .Replace("ALTER TABLE ", "ALTER TABLE \"the other\".");

        var error = await _folder.FailAsync(rebuild.Replace("FROM users;", "FROM users WHERE id <> 1;"));
        Assert.Equal(ErrorId.ForeignKeyViolated, error.Id);
        Assert.Contains("2 rows of 'posts' without a parent in 'users'", error.Message, StringComparison.Ordinal);

        error = await _folder.FailAsync(attach + "DROP TABLE \"the other\".users;");
        Assert.Equal(ErrorId.ForeignKeyViolated, error.Id);

        await _folder.RunAsync(rebuild);
        using var handle = Native.SqliteHandle.Open(SqliteLibrary.Current.Api, other, Native.SqliteHandle.OpenReadWrite);
        Assert.Equal("10:1,11:1,12:2", handle.QueryText("SELECT group_concat(id || ':' || user_id) FROM posts"));
    }

    [Fact]
    public async Task A_table_of_the_same_name_in_an_attached_database_is_another_table()
    {
        await _folder.RunAsync(TestFamily.WithNamesake("NO ACTION"));
        using (var handle = Native.SqliteHandle.Open(SqliteLibrary.Current.Api, _folder.Database, Native.SqliteHandle.OpenReadWrite))
        {
            handle.Execute("PRAGMA foreign_keys=0");
            handle.Execute("INSERT INTO posts VALUES (99, 77, 'was an orphan before')");
        }

        await _folder.RunAsync("ATTACH ':memory:' AS aux;\nCREATE TABLE aux.posts (id INTEGER);\nDROP TABLE aux.posts;");

        Assert.Equal("4", _folder.Ask("SELECT count(*) FROM posts"));
    }

    [Fact]
    public async Task What_runs_without_a_transaction_and_cannot_be_tried_in_one_is_not_checked_and_that_is_reported()
    {
        await _folder.RunAsync(TestFamily.WithNamesake("CASCADE"));
        await using var session = await _folder.OpenReadyAsync();
        await OutsideAsync(
            session,
            $"CREATE TABLE first (a);\nATTACH '{_folder.Path}/other.db' AS other;\nCREATE TABLE other.t (a);\nDETACH other;\n"
                + TestFamily.Rebuild
        );
        Assert.Equal("3", _folder.Ask("SELECT count(*) FROM posts"));
        Assert.Contains(_folder.Events.OfType<WarningRaised>(), w => w.Message.Contains("is not checked", StringComparison.Ordinal));

        // The next script is enforced again.
        var error = await Assert.ThrowsAsync<StatementException>(() =>
            session.RunAsync(_folder.Step("INSERT INTO posts VALUES (50, 99, 'x')"), CancellationToken.None)
        );
        Assert.Equal("SQLITE_CONSTRAINT_FOREIGNKEY (787)", error.Code);
    }

    [Fact]
    public async Task A_script_without_a_transaction_that_goes_on_gets_its_settings_again()
    {
        await _folder.RunAsync(TestFamily.WithNamesake("CASCADE"));
        var step = _folder.Step(
            $"PRAGMA foreign_keys = OFF;\nATTACH '{_folder.Path}/other.db' AS other;\nCREATE TABLE other.t (a);\nDELETE FROM "
                + "users;\nINSERT INTO users VALUES (1, 'a', ''), (2, 'b', '');",
            new MigrationHeader { Transaction = false }
        );
        var statements = SqliteDialect.Instance.Split(step.Script).ToList();
        await using (var first = await _folder.OpenReadyAsync())
        {
            await first.ExecuteAsync(step, statements[0], CancellationToken.None);
            await first.ExecuteAsync(step, statements[1], CancellationToken.None);
        }

        await using var second = await _folder.OpenReadyAsync();
        Assert.Equal(Databases.StatementEvidence.Unknown, await second.FindEvidenceAsync(statements[2], CancellationToken.None));
        await second.ExecuteAsync(step, statements[2], CancellationToken.None);
        await second.ExecuteAsync(step, statements[3], CancellationToken.None);
        await second.ExecuteAsync(step, statements[4], CancellationToken.None);
        Assert.Equal("3", _folder.Ask("SELECT count(*) FROM posts"));

        var error = await Assert.ThrowsAsync<StatementException>(() =>
            second.RunAsync(_folder.Step("INSERT INTO posts VALUES (50, 99, 'x')"), CancellationToken.None)
        );
        Assert.Equal("SQLITE_CONSTRAINT_FOREIGNKEY (787)", error.Code);
    }

    private async Task OutsideAsync(Databases.IDatabaseSession session, string script)
    {
        var step = _folder.Step(script, new MigrationHeader { Transaction = false });
        foreach (var statement in SqliteDialect.Instance.Split(step.Script))
            await session.ExecuteAsync(step, statement, CancellationToken.None);
    }
}
