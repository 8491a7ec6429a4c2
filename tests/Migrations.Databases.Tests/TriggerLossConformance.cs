namespace Migrations.Databases.Tests;

/// <summary>What triggers and foreign keys change besides what an undo says is found too.</summary>
public abstract class TriggerLossConformance(DatabaseKind kind) : ForecastConformance(kind)
{
    private const string Guarded =
        "CREATE TABLE posts (id integer PRIMARY KEY, n integer, changed text);\n"
        + "CREATE TABLE comments (id integer PRIMARY KEY, post_id integer, body text);\n"
        + "CREATE TABLE votes (id integer PRIMARY KEY, comment_id integer REFERENCES comments (id) ON DELETE CASCADE, seen integer);\n"
        + "CREATE TABLE log (what text);\n"
        + "CREATE TABLE keyed (code text PRIMARY KEY, n integer);\n"
        + "CREATE TABLE holders (id integer PRIMARY KEY, code text UNIQUE REFERENCES keyed (code) ON UPDATE CASCADE);\n"
        + "CREATE TABLE users_of (id integer PRIMARY KEY, code text REFERENCES holders (code) ON UPDATE CASCADE);\n"
        + "CREATE TABLE apart (code text REFERENCES keyed (code) ON UPDATE SET NULL);\n"
        + "INSERT INTO posts VALUES (1, 0, ''), (2, 0, '');\nINSERT INTO comments VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 2, 'c');\n"
        + "INSERT INTO votes VALUES (1, 1, 0);\nINSERT INTO keyed VALUES ('x', 1), ('y', 2);\n"
        + "INSERT INTO holders VALUES (1, 'x'), (2, 'y');\nINSERT INTO users_of VALUES (1, 'x');\nINSERT INTO apart VALUES ('x'), ('x');\n";

    /// <summary>The triggers of the tests below, in the words of the database.</summary>
    protected abstract string Triggers { get; }

    [Theory]
    [InlineData("DELETE FROM posts WHERE id = 1;", "line 1 writes to posts, line 1 writes to posts, posts Deleted 1, posts Overwritten ")]
    [InlineData("DELETE FROM posts WHERE id = 9;", "posts Deleted 0")]
    [InlineData("DELETE FROM comments WHERE id = 3;", "comments Deleted 1, posts Overwritten ")]
    [InlineData("INSERT INTO comments VALUES (4, 1, 'd');", "posts Overwritten ")]
    [InlineData("INSERT INTO posts VALUES (3, 0, '');", "")]
    [InlineData("UPDATE posts SET n = 1 WHERE id = 1;", "posts Overwritten 1")]
    [InlineData("UPDATE comments SET body = 'z' WHERE id = 1;", "comments Overwritten 1")]
    [InlineData("UPDATE comments SET post_id = 2 WHERE id = 1;", "comments Overwritten 1, posts Overwritten ")]
    // Through what a trigger inserts, and what a foreign key passes on.
    [InlineData("INSERT INTO log VALUES ('purge');", "line 1 writes to log")]
    [InlineData("DELETE FROM votes WHERE id = 1;", "line 1 writes to votes, votes Deleted 1")]
    [InlineData(
        "DELETE FROM comments WHERE id = 1;",
        "line 1 writes to comments, comments Deleted 1, posts Overwritten , votes Cascaded 1"
    )]
    // Not fired any more.
    [InlineData("DROP TABLE votes;\nDELETE FROM comments WHERE id = 1;", "comments Deleted 1, posts Overwritten , votes Table 1")]
    // Keys that get another value, and what holds them.
    [InlineData(
        "UPDATE keyed SET code = 'z' WHERE code = 'x';",
        "apart Overwritten 2, holders Overwritten 1, keyed Overwritten 1, users_of Overwritten 1"
    )]
    [InlineData("UPDATE keyed SET code = 'z', n = 3 WHERE code = 'y';", "holders Overwritten 1, keyed Overwritten 1")]
    [InlineData("UPDATE keyed SET n = 3 WHERE code = 'x';", "keyed Overwritten 1")]
    [InlineData(
        "INSERT INTO keyed VALUES ('x', 1) ON CONFLICT (code) DO UPDATE SET code = 'q';",
        "apart Overwritten 2, holders Overwritten 1, keyed Overwritten 1, users_of Overwritten 1"
    )]
    public Task What_triggers_and_keys_change_besides_is_reported_or_asked_about(string down, string expected) =>
        ForeseesTriggeredAsync(down, expected);

    /// <summary>Asserts what is foreseen of an undo on tables with triggers.</summary>
    protected async Task ForeseesTriggeredAsync(string down, string expected)
    {
        Migration("000_guarded", Guarded + Triggers);
        await ForeseesAsync(down, expected);
    }
}

public sealed class SqliteTriggerLossTests() : TriggerLossConformance(DatabaseKind.Sqlite)
{
    protected override string Triggers =>
        """
            CREATE TRIGGER posts_gone AFTER DELETE ON posts BEGIN DELETE FROM comments WHERE post_id = OLD.id; END;
            CREATE TRIGGER posts_changed AFTER UPDATE ON posts BEGIN UPDATE posts SET changed = 'now' WHERE id = NEW.id; END;
            CREATE TRIGGER posts_new AFTER INSERT ON posts BEGIN UPDATE posts SET changed = 'now' WHERE rowid = NEW.rowid; END;
            CREATE TRIGGER counted AFTER INSERT ON comments BEGIN UPDATE posts SET n = n + 1 WHERE id = NEW.post_id; END;
            CREATE TRIGGER uncounted AFTER DELETE ON comments BEGIN UPDATE posts SET n = n - 1 WHERE id = OLD.post_id; END;
            CREATE TRIGGER moved AFTER UPDATE OF post_id ON comments BEGIN UPDATE posts SET n = n + 1 WHERE id = NEW.post_id; END;
            CREATE TRIGGER unvoted AFTER DELETE ON votes BEGIN INSERT INTO log VALUES (OLD.id); END;
            CREATE TRIGGER logged AFTER INSERT ON log WHEN NEW.what = 'purge' BEGIN DELETE FROM apart; END;
            CREATE VIRTUAL TABLE texts USING fts5(body);
            CREATE TRIGGER text_gone AFTER DELETE ON comments BEGIN DELETE FROM texts WHERE rowid = OLD.id; END;
            """;

    [Theory]
    [InlineData("DROP TRIGGER posts_gone;\nDELETE FROM posts WHERE id = 1;", "posts Deleted 1")]
    [InlineData(
        "ALTER TABLE posts RENAME TO p;\nDELETE FROM p WHERE id > 1;",
        "line 2 writes to p, line 2 writes to p, posts Deleted , posts Overwritten "
    )]
    [InlineData(
        "CREATE TRIGGER t AFTER INSERT ON source BEGIN DELETE FROM item WHERE id = NEW.id; END;\nINSERT INTO source VALUES (1, 'x');",
        "line 2 writes to source"
    )]
    [InlineData(
        "CREATE TRIGGER t AFTER INSERT ON source BEGIN REPLACE INTO item VALUES (1, 'q', 1); END;\nINSERT INTO source VALUES (1, 'x');",
        "item Overwritten "
    )]
    [InlineData(
        "CREATE TRIGGER t AFTER INSERT ON source BEGIN INSERT OR IGNORE INTO item VALUES (1, 'q', 1); END;\n"
            + "INSERT INTO source VALUES (1, 'x');",
        ""
    )]
    [InlineData(
        "CREATE TRIGGER t AFTER UPDATE ON item BEGIN UPDATE item SET n = 0 WHERE n = NEW.n; END;\nUPDATE item SET n = 9 WHERE id = 1;",
        "item Overwritten , item Overwritten 1"
    )]
    public Task Triggers_of_sqlite_are_followed(string down, string expected) => ForeseesTriggeredAsync(down, expected);
}

public sealed class PostgreSqlTriggerLossTests() : TriggerLossConformance(DatabaseKind.PostgreSql)
{
    protected override string Triggers =>
        """
            CREATE FUNCTION of_posts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF TG_OP = 'DELETE' THEN
                    DELETE FROM comments WHERE post_id = OLD.id;
                    RETURN OLD;
                ELSIF TG_OP = 'UPDATE' AND NEW.n > 5 THEN
                    RAISE NOTICE 'DELETE FROM comments';
                END IF;
                NEW.changed := 'now';
                PERFORM 1 FROM comments WHERE post_id = NEW.id FOR UPDATE;
                RETURN NEW;
            END $$;
            CREATE TRIGGER posts_t BEFORE INSERT OR UPDATE OR DELETE ON posts FOR EACH ROW EXECUTE FUNCTION of_posts();
            CREATE FUNCTION of_posts_after() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                UPDATE posts SET changed = 'now' WHERE posts.id = NEW.id; RETURN NULL;
            END $$;
            CREATE TRIGGER posts_new AFTER INSERT ON posts FOR EACH ROW EXECUTE FUNCTION of_posts_after();
            CREATE FUNCTION of_comments() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF (TG_OP IN ('INSERT', 'UPDATE')) THEN UPDATE posts SET n = n + 1 WHERE id = NEW.post_id; RETURN NEW; END IF;
                UPDATE posts SET n = n - 1 WHERE id = OLD.post_id;
                RETURN OLD;
            END $$;
            CREATE TRIGGER counted AFTER INSERT OR DELETE ON comments FOR EACH ROW EXECUTE FUNCTION of_comments();
            CREATE TRIGGER moved AFTER UPDATE OF post_id ON comments FOR EACH ROW EXECUTE FUNCTION of_comments();
            CREATE FUNCTION of_votes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO log VALUES (OLD.id) ON CONFLICT DO NOTHING; RETURN NULL;
            END $$;
            CREATE TRIGGER unvoted AFTER DELETE ON votes FOR EACH ROW EXECUTE FUNCTION of_votes();
            CREATE FUNCTION of_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF NEW.what = 'purge' THEN DELETE FROM apart; END IF; RETURN NULL;
            END $$;
            CREATE TRIGGER logged AFTER INSERT ON log FOR EACH ROW EXECUTE FUNCTION of_log();
            CREATE TABLE parts (id integer, day integer) PARTITION BY LIST (day);
            CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1);
            CREATE TRIGGER of_part AFTER INSERT ON part_1 FOR EACH ROW EXECUTE FUNCTION of_log();
            CREATE TABLE routed (id integer, day integer);
            CREATE FUNCTION routes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                EXECUTE format('INSERT INTO %I VALUES ($1.*)', 'routed_' || NEW.day) USING NEW; RETURN NULL;
            END $$;
            CREATE TRIGGER routing BEFORE INSERT ON routed FOR EACH ROW EXECUTE FUNCTION routes();
            CREATE FUNCTION hidden() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE TG_ARGV[0]; RETURN NULL; END $$;
            CREATE TABLE hides (id integer);
            CREATE TRIGGER hiding AFTER INSERT ON hides FOR EACH STATEMENT EXECUTE FUNCTION hidden('DELETE FROM item');
            CREATE TABLE truncated (id integer);
            CREATE FUNCTION of_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN TRUNCATE apart; RETURN NULL; END $$;
            CREATE TRIGGER emptied BEFORE TRUNCATE ON truncated FOR EACH STATEMENT EXECUTE FUNCTION of_truncate();
            """;

    [Theory]
    [InlineData("DROP TRIGGER posts_t ON posts;\nDELETE FROM posts WHERE id = 1;", "posts Deleted 1")]
    [InlineData("DROP FUNCTION of_posts() CASCADE;\nDELETE FROM posts WHERE id = 1;", "posts Deleted 1")]
    [InlineData("ALTER TABLE posts DISABLE TRIGGER USER;\nDELETE FROM posts WHERE id = 1;", "posts Deleted 1")]
    [InlineData(
        "ALTER TABLE posts DISABLE TRIGGER ALL;\nALTER TABLE posts ENABLE TRIGGER ALL;\nDELETE FROM posts WHERE id = 1;",
        "line 3 writes to posts, line 3 writes to posts, posts Deleted 1, posts Overwritten "
    )]
    [InlineData("INSERT INTO parts VALUES (1, 1);", "line 1 writes to parts")]
    [InlineData("INSERT INTO routed VALUES (1, 1);", "")]
    [InlineData("INSERT INTO hides VALUES (1);", "line 1 writes to hides")]
    [InlineData("TRUNCATE truncated;", "line 1 writes to truncated, truncated Rows 0")]
    [InlineData("COPY log FROM stdin;\npurge\n\\.\n", "line 1 writes to log")]
    [InlineData(
        "WITH d AS (DELETE FROM posts WHERE id = 1 RETURNING id) INSERT INTO source SELECT id FROM d;",
        "line 1 writes to posts, line 1 writes to posts, posts Deleted 1, posts Overwritten "
    )]
    [InlineData(
        "MERGE INTO posts USING source s ON s.id = posts.id WHEN MATCHED THEN DELETE;",
        "line 1 writes to posts, line 1 writes to posts, posts Deleted 1, posts Overwritten "
    )]
    [InlineData(
        "MERGE INTO keyed USING source s ON s.name = keyed.code WHEN MATCHED THEN UPDATE SET code = 'z';",
        "apart Overwritten 2, holders Overwritten 2, keyed Overwritten 2, users_of Overwritten 1"
    )]
    [InlineData(
        "CREATE OR REPLACE FUNCTION of_posts() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END';\n"
            + "DELETE FROM posts WHERE id = 1;",
        "posts Deleted 1"
    )]
    public Task Triggers_of_postgresql_are_followed(string down, string expected) => ForeseesTriggeredAsync(down, expected);
}
