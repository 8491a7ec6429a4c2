namespace Migrations.Sqlite.Tests;

public abstract class GuardTests(TransactionMode mode) : IDisposable
{
    private readonly TestFolder _folder = new(mode);

    public sealed class InEach() : GuardTests(TransactionMode.Each);

    public sealed class InAll() : GuardTests(TransactionMode.All);

    public sealed class InNone() : GuardTests(TransactionMode.None);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("CASCADE")]
    [InlineData("SET NULL")]
    [InlineData("RESTRICT")]
    [InlineData("NO ACTION")]
    [InlineData("SET DEFAULT")]
    public async Task Rebuild_of_a_parent_keeps_every_row_of_its_children(string action)
    {
        await _folder.RunAsync(TestFamily.Of(action));

        await _folder.RunAsync(TestFamily.Rebuild);

        Assert.Equal("10:1,11:1,12:2", _folder.Ask("SELECT group_concat(id || ':' || user_id) FROM posts"));
        Assert.Equal("2", _folder.Ask("SELECT count(*) FROM users"));
    }

    [Theory]
    [InlineData("CASCADE")]
    [InlineData("SET NULL")]
    [InlineData("RESTRICT")]
    public async Task Rebuild_from_a_query_loses_the_key_and_is_rolled_back(string action)
    {
        await _folder.RunAsync(TestFamily.Of(action));

        var error = await _folder.FailAsync(
            """
            PRAGMA foreign_keys=off;
            CREATE TABLE users_backup AS SELECT id, name FROM users;
            DROP TABLE users;
            ALTER TABLE users_backup RENAME TO users;
            PRAGMA foreign_keys=on;
            """
        );

        Assert.Equal(ErrorId.ForeignKeyBroken, error.Id);
        Assert.Contains("'posts' (user_id) to 'users' (id)", error.Message, StringComparison.Ordinal);
        Assert.Contains("CREATE TABLE ... AS", error.Message, StringComparison.Ordinal);
        Assert.Equal(("DROP TABLE users", 3), (error.Statement, error.Location!.Line));
        Assert.Equal("10:1,11:1,12:2", _folder.Ask("SELECT group_concat(id || ':' || user_id) FROM posts"));
        Assert.Equal("id,name,email", _folder.Ask("SELECT group_concat(name) FROM pragma_table_info('users')"));
    }

    [Fact]
    public async Task Rebuild_from_a_query_without_children_passes_where_the_loss_of_its_key_is_accepted()
    {
        const string Up = "ALTER TABLE users ADD COLUMN verified INTEGER DEFAULT 0; CREATE INDEX idx_users_verified ON users(verified);";
        const string Down = """
            DROP INDEX IF EXISTS idx_users_verified;
            PRAGMA foreign_keys=off;
            CREATE TABLE users_backup AS SELECT id, name FROM users;
            DROP TABLE users;
            ALTER TABLE users_backup RENAME TO users;
            PRAGMA foreign_keys=on;
            """;
        await _folder.RunAsync("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (1, 'a');");

        await _folder.RunAsync(Up);
        var error = await _folder.FailAsync(Down);
        Assert.Equal(ErrorId.ObjectsLost, error.Id);
        Assert.Contains("recreates 'users' without constraint PRIMARY KEY (id)", error.Message, StringComparison.Ordinal);
        await _folder.RunAsync(Down, new MigrationHeader { ObjectsLostAllowed = true });
        await _folder.RunAsync(Up);

        Assert.Equal("id,name,verified", _folder.Ask("SELECT group_concat(name) FROM pragma_table_info('users')"));
    }

    [Fact]
    public async Task Rename_first_rebuild_leaves_children_behind_and_is_rolled_back()
    {
        await _folder.RunAsync(TestFamily.Of("CASCADE"));

        var error = await _folder.FailAsync(
            """
            ALTER TABLE users RENAME TO users_old;
            CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
            INSERT INTO users SELECT id, name FROM users_old;
            DROP TABLE users_old;
            """
        );

        Assert.Equal(ErrorId.ForeignKeyBroken, error.Id);
        Assert.Contains("now points to 'users_old'", error.Message, StringComparison.Ordinal);
        Assert.Equal("3", _folder.Ask("SELECT count(*) FROM posts"));
    }

    [Fact]
    public async Task Rebuild_of_a_child_from_a_query_loses_its_foreign_key_and_is_rolled_back()
    {
        await _folder.RunAsync(TestFamily.Of("CASCADE"));

        var error = await _folder.FailAsync(
            """
            CREATE TABLE posts_new AS SELECT * FROM posts;
            DROP TABLE posts;
            ALTER TABLE posts_new RENAME TO posts;
            """
        );

        Assert.Equal(ErrorId.ForeignKeyBroken, error.Id);
        Assert.Contains("loses its foreign key 'posts' (user_id) to 'users' (id)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rebuild_of_a_child_that_writes_its_columns_out_may_leave_a_foreign_key_out()
    {
        await _folder.RunAsync(TestFamily.Of("CASCADE"));

        await _folder.RunAsync(
            """
            CREATE TABLE posts_new (id INTEGER PRIMARY KEY, user_id INTEGER, title TEXT);
            INSERT INTO posts_new SELECT * FROM posts;
            DROP TABLE posts;
            ALTER TABLE posts_new RENAME TO posts;
            """
        );

        Assert.Equal("0", _folder.Ask("SELECT count(*) FROM pragma_foreign_key_list('posts')"));
    }

    [Theory]
    [InlineData("CASCADE")]
    [InlineData("SET NULL")]
    [InlineData("RESTRICT")]
    public async Task Rebuild_that_forgets_a_parent_row_names_child_parent_and_number(string action)
    {
        await _folder.RunAsync(TestFamily.Of(action));

        var error = await _folder.FailAsync(TestFamily.Rebuild.Replace("FROM users;", "FROM users WHERE id = 2;"));

        Assert.Equal(ErrorId.ForeignKeyViolated, error.Id);
        Assert.Contains("2 rows of 'posts' without a parent in 'users'", error.Message, StringComparison.Ordinal);
        Assert.Matches("rowid 1[01]", error.Message);
        Assert.Equal("2", _folder.Ask("SELECT count(*) FROM users"));
    }

    [Fact]
    public async Task Rebuild_with_fewer_rows_is_rolled_back_unless_the_loss_is_allowed()
    {
        await _folder.RunAsync(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT); INSERT INTO users VALUES (1,'a',''),(2,'b',''),(3,'c','');"
        );
        var lossy = TestFamily.Rebuild.Replace("FROM users;", "FROM users WHERE id > 1;");

        var error = await _folder.FailAsync(lossy);
        Assert.Equal(ErrorId.RowsLost, error.Id);
        Assert.Contains("recreated 'users' with 2 rows; it had 3 rows", error.Message, StringComparison.Ordinal);
        Assert.Equal("3", _folder.Ask("SELECT count(*) FROM users"));

        await _folder.RunAsync(lossy, new MigrationHeader { RowLossAllowed = true });
        Assert.Equal("2", _folder.Ask("SELECT count(*) FROM users"));
    }

    [Theory]
    [InlineData("CASCADE", "3 rows")]
    [InlineData("SET NULL", "3 of 3 references")]
    public async Task Enforcement_that_the_header_asks_for_is_watched_for_what_the_drop_takes_along(string action, string expected)
    {
        await _folder.RunAsync(TestFamily.Of(action));

        var error = await _folder.FailAsync(TestFamily.Rebuild, new MigrationHeader { ForeignKeys = true });

        Assert.Equal(ErrorId.RowsLost, error.Id);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal("10:1,11:1,12:2", _folder.Ask("SELECT group_concat(id || ':' || user_id) FROM posts"));
    }

    [Fact]
    public async Task Self_references_survive_a_rebuild()
    {
        await _folder.RunAsync(
            """
            CREATE TABLE staff (id INTEGER PRIMARY KEY, boss INTEGER REFERENCES staff(id) ON DELETE CASCADE, name TEXT);
            INSERT INTO staff VALUES (1, NULL, 'a'), (2, 1, 'b'), (3, 2, 'c');
            """
        );

        await _folder.RunAsync(
            """
            CREATE TABLE staff_new (id INTEGER PRIMARY KEY, boss INTEGER REFERENCES staff(id) ON DELETE CASCADE);
            INSERT INTO staff_new SELECT id, boss FROM staff;
            DROP TABLE staff;
            ALTER TABLE staff_new RENAME TO staff;
            """
        );

        Assert.Equal("3", _folder.Ask("SELECT count(*) FROM staff"));
        Assert.Equal("staff", _folder.Ask("SELECT \"table\" FROM pragma_foreign_key_list('staff')"));
    }

    [Fact]
    public async Task Rows_that_a_trigger_leaves_without_parents_are_found()
    {
        await _folder.RunAsync(
            TestFamily.Of("NO ACTION")
                + """

                CREATE TABLE log (x);
                CREATE TRIGGER log_insert AFTER INSERT ON log BEGIN INSERT INTO posts VALUES (new.x, 99, 't'); END;
                """
        );

        var error = await _folder.FailAsync("CREATE TABLE scratch (a); DROP TABLE scratch; INSERT INTO log VALUES (50);");

        Assert.Equal(ErrorId.ForeignKeyViolated, error.Id);
        Assert.Contains("rowid 50", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drop_of_a_parent_with_children_left_is_rolled_back()
    {
        await _folder.RunAsync(TestFamily.Of("CASCADE"));

        var error = await _folder.FailAsync("DROP TABLE users;");

        Assert.Equal(ErrorId.ForeignKeyViolated, error.Id);
        Assert.Contains("3 rows of 'posts'", error.Message, StringComparison.Ordinal);
        Assert.Equal("3", _folder.Ask("SELECT count(*) FROM posts"));
    }

    [Fact]
    public async Task Drop_of_a_parent_whose_empty_child_stays_is_rolled_back()
    {
        await _folder.RunAsync("CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE posts (user_id REFERENCES users);");

        var error = await _folder.FailAsync("DROP TABLE users;");

        Assert.Equal(ErrorId.ForeignKeyBroken, error.Id);
        Assert.Contains("there is no table 'users'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DROP TABLE posts; DROP TABLE users;")]
    [InlineData("DROP TABLE users; DROP TABLE posts;")]
    [InlineData("DROP TABLE IF EXISTS posts;")]
    [InlineData("DELETE FROM users WHERE id = 1;")]
    [InlineData("PRAGMA foreign_keys = ON; DELETE FROM users WHERE id = 1;")]
    [InlineData("DELETE FROM users;")]
    [InlineData("ALTER TABLE users RENAME TO people;")]
    [InlineData("ALTER TABLE posts RENAME TO articles;")]
    [InlineData("ALTER TABLE users RENAME COLUMN id TO uid;")]
    [InlineData("CREATE TABLE tags (post_id REFERENCES posts(id)); INSERT INTO tags VALUES (10); DROP TABLE tags;")]
    [InlineData("CREATE TABLE later (x REFERENCES made_later(id)); CREATE TABLE t (a); DROP TABLE t;")]
    [InlineData("CREATE TEMP TABLE keep AS SELECT * FROM posts; DELETE FROM posts; INSERT INTO posts SELECT * FROM keep; DROP TABLE keep;")]
    public async Task Ordinary_scripts_raise_no_alarm(string sql)
    {
        await _folder.RunAsync(TestFamily.Of("CASCADE"));

        var outcome = await _folder.RunAsync(sql);

        Assert.True(outcome.Statements > 0);
    }

    [Fact]
    public async Task Violations_that_were_there_before_do_not_count()
    {
        await _folder.RunAsync(TestFamily.Of("CASCADE"));
        _folder.Ask("PRAGMA foreign_keys=0");
        await _folder.RunAsync("PRAGMA user_version=1;");
        using (var handle = Native.SqliteHandle.Open(SqliteLibrary.Current.Api, _folder.Database, Native.SqliteHandle.OpenReadWrite))
        {
            handle.Execute("PRAGMA foreign_keys=0");
            handle.Execute("INSERT INTO posts VALUES (99, 77, 'orphan')");
        }

        await _folder.RunAsync(TestFamily.Rebuild);

        Assert.Equal("4", _folder.Ask("SELECT count(*) FROM posts"));
    }

    [Fact]
    public async Task Drop_of_the_unique_index_that_a_foreign_key_needs_is_rolled_back()
    {
        await _folder.RunAsync(
            """
            CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
            CREATE UNIQUE INDEX users_email ON users(email);
            CREATE TABLE mails (sender TEXT REFERENCES users(email));
            """
        );

        var error = await _folder.FailAsync("DROP INDEX users_email;");

        Assert.Equal(ErrorId.ForeignKeyBroken, error.Id);
        Assert.Contains("neither a primary key nor a unique index on (email)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Foreign_keys_are_enforced_again_after_a_script_that_suspended_them()
    {
        await _folder.RunAsync(TestFamily.Of("NO ACTION"));
        await using var session = await _folder.OpenReadyAsync();
        await session.RunAsync(_folder.Step(TestFamily.Rebuild), CancellationToken.None);

        var error = await Assert.ThrowsAsync<StatementException>(() =>
            session.RunAsync(_folder.Step("DELETE FROM users"), CancellationToken.None)
        );

        Assert.Equal("SQLITE_CONSTRAINT_FOREIGNKEY (787)", error.Code);
    }
}
