namespace Migrations.Sqlite.Tests;

/// <summary>What goes with a table or a view that a script makes again.</summary>
public abstract class LostObjectTests(TransactionMode mode) : IDisposable
{
    private const string Schema = """
        CREATE TABLE t (id INTEGER PRIMARY KEY, email TEXT, name TEXT, CHECK (name <> ''), UNIQUE (email, name));
        CREATE TABLE log (what TEXT);
        CREATE INDEX by_name ON t (name, id);
        CREATE UNIQUE INDEX one_email ON t (email) WHERE email <> '';
        CREATE UNIQUE INDEX one_name ON t (name);
        CREATE TRIGGER t_ai AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.name); END;
        CREATE VIEW v AS SELECT name FROM t;
        CREATE TRIGGER v_ii INSTEAD OF INSERT ON v BEGIN INSERT INTO log VALUES (new.name); END;
        INSERT INTO t VALUES (1, 'a', 'b');
        """;

    private const string Rest = """
        CREATE INDEX by_name ON t (name, id);
        CREATE UNIQUE INDEX one_email ON t (email) WHERE email <> '';
        CREATE UNIQUE INDEX one_name ON t (name);
        CREATE TRIGGER t_ai AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.name); END;
        CREATE VIEW v AS SELECT name FROM t;
        CREATE TRIGGER v_ii INSTEAD OF INSERT ON v BEGIN INSERT INTO log VALUES (new.name); END;
        """;

    private const string Rebuild = """
        DROP VIEW v;
        CREATE TABLE n (id INTEGER PRIMARY KEY, email TEXT, name TEXT, CHECK (name <> ''), UNIQUE (email, name));
        INSERT INTO n SELECT * FROM t;
        DROP TABLE t;
        ALTER TABLE n RENAME TO t;

        """;

    private readonly TestFolder _folder = new(mode);

    public sealed class InEach() : LostObjectTests(TransactionMode.Each);

    public sealed class InAll() : LostObjectTests(TransactionMode.All);

    public sealed class InNone() : LostObjectTests(TransactionMode.None);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "")]
    [InlineData("CREATE INDEX by_name ON t (name, id);", "Warned index by_name")]
    [InlineData("CREATE INDEX by_name ON t (name, id);=>CREATE INDEX other ON t (name, id, email);", "")]
    [InlineData("CREATE UNIQUE INDEX one_name ON t (name);", "Unrehearsed unique index one_name")]
    [InlineData("CREATE UNIQUE INDEX one_name ON t (name);=>CREATE UNIQUE INDEX other ON t (name);", "")]
    [InlineData("CREATE UNIQUE INDEX one_email ON t (email) WHERE email <> '';", "Unrehearsed unique index one_email")]
    [InlineData(
        "CREATE UNIQUE INDEX one_email ON t (email) WHERE email <> '';=>CREATE UNIQUE INDEX other ON t (email) WHERE email <> '';",
        ""
    )]
    [InlineData("CREATE UNIQUE INDEX one_email ON t (email) WHERE email <> '';=>CREATE UNIQUE INDEX other ON t (email);", "")]
    [InlineData("DROP VIEW v;\n=>DROP VIEW v;\nDROP INDEX one_name;\n|CREATE UNIQUE INDEX one_name ON t (name);", "")]
    [InlineData(
        "CREATE VIEW v AS SELECT name FROM t;|CREATE TRIGGER v_ii INSTEAD OF INSERT ON v BEGIN INSERT INTO log VALUES (new.name); END;",
        "Warned view v"
    )]
    [InlineData(", CHECK (name <> '')", "Listed constraint CHECK (name <> '')")]
    [InlineData(", UNIQUE (email, name)", "")]
    [InlineData(
        ", UNIQUE (email, name)|CREATE UNIQUE INDEX one_name ON t (name);",
        "Unrehearsed unique index one_name, Listed constraint UNIQUE (email, name)"
    )]
    public async Task What_is_not_put_back_is_found(string changes, string expected)
    {
        await _folder.RunAsync(Schema);
        var outcome = await _folder.RunAsync(Changed(Rebuild + Rest, changes));
        Assert.Equal(expected, string.Join(", ", outcome.ObjectsLost.Select(l => $"{l.Weight} {l.Kind} {l.Name}")));
        Assert.All(
            outcome.ObjectsLost.Where(l => l.Weight > LostObjectWeight.Listed),
            l => Assert.Contains($"CREATE ", l.Sql, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("CREATE TRIGGER t_ai AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.name); END;", "trigger t_ai")]
    [InlineData("CREATE TRIGGER t_ai AFTER INSERT=>CREATE TRIGGER other AFTER UPDATE", "trigger t_ai")]
    [InlineData("CREATE TRIGGER v_ii INSTEAD OF INSERT ON v BEGIN INSERT INTO log VALUES (new.name); END;", "trigger v_ii")]
    [InlineData(
        "CREATE TABLE n (id INTEGER PRIMARY KEY, email TEXT, name TEXT, CHECK (name <> ''), UNIQUE (email, "
            + "name));\nINSERT INTO n SELECT * FROM t;=>CREATE TABLE n AS SELECT * FROM t;",
        "constraint PRIMARY KEY (id)"
    )]
    public async Task A_lost_trigger_or_key_is_refused_and_can_be_accepted(string changes, string expected)
    {
        await _folder.RunAsync(Schema);
        var script = Changed(Rebuild + Rest, changes);
        var error = await _folder.FailAsync(script);
        Assert.Equal(ErrorId.ObjectsLost, error.Id);
        Assert.Contains("without " + expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("Objects-Lost: allowed", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Equal("2", _folder.Ask("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"));

        var outcome = await _folder.RunAsync(script, new MigrationHeader { ObjectsLostAllowed = true });
        Assert.Contains(outcome.ObjectsLost, l => $"{l.Kind} {l.Name}" == expected && l.Weight == LostObjectWeight.Listed);
    }

    [Theory]
    [InlineData("CREATE TRIGGER t_ai AFTER INSERT=>CREATE TRIGGER other AFTER INSERT")]
    [InlineData(
        "DROP TABLE t;=>DROP TRIGGER t_ai;\nDROP TABLE t;|CREATE TRIGGER t_ai AFTER INSERT ON t BEGIN INSERT INTO log "
            + "VALUES (new.name); END;"
    )]
    [InlineData(
        "CREATE TABLE n (id INTEGER PRIMARY KEY, email TEXT, name TEXT, CHECK (name <> ''), UNIQUE (email, "
            + "name));\nINSERT INTO n SELECT * FROM t;=>CREATE TABLE n AS SELECT * FROM t;\nCREATE UNIQUE INDEX n_id ON n (id);"
    )]
    public async Task What_the_script_names_or_replaces_is_not_lost(string changes)
    {
        await _folder.RunAsync(Schema);
        var outcome = await _folder.RunAsync(Changed(Rebuild + Rest, changes));
        Assert.DoesNotContain(outcome.ObjectsLost, l => l.Weight > LostObjectWeight.Listed);
    }

    [Theory]
    [InlineData(
        "",
        "index by_name, index one_name, reference from table child, reference from trigger counts, reference from view v, trigger t_ai"
    )]
    [InlineData(
        "DROP VIEW v;\nCREATE VIEW v AS SELECT name FROM kept;\nDROP TRIGGER counts;\nDROP TRIGGER t_ai;\nDROP INDEX by_name;\n"
            + "CREATE INDEX by_name ON t (name);\nDROP INDEX one_name;\n",
        "reference from table child"
    )]
    public async Task What_goes_on_with_a_table_that_is_kept_under_another_name_is_reported(string rest, string expected)
    {
        await _folder.RunAsync(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT);\nCREATE TABLE child (t_id INTEGER REFERENCES t (id));\n"
                + "CREATE TABLE log (what TEXT);\nCREATE INDEX by_name ON t (name);\nCREATE UNIQUE INDEX one_name ON t (name);\n"
                + "CREATE TRIGGER t_ai AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.name); END;\n"
                + "CREATE TRIGGER counts AFTER INSERT ON log BEGIN UPDATE t SET name = name; END;\n"
                + "CREATE VIEW v AS SELECT name FROM t;\nCREATE VIEW other AS SELECT what FROM log;\nINSERT INTO t VALUES (1, 'a');"
        );
        const string Away =
            "ALTER TABLE t RENAME TO kept;\nCREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT);\nINSERT INTO t SELECT * FROM kept;\n";
        var lost = (await _folder.RunAsync(Away + rest)).ObjectsLost.Where(l => l.Weight == LostObjectWeight.Warned).ToList();
        Assert.Equal(expected, string.Join(", ", lost.Select(l => $"{l.Kind} {l.Name}").Order(StringComparer.Ordinal)));
        Assert.All(lost, l => Assert.Equal("t", l.Table));
    }

    [Fact]
    public async Task A_table_that_is_dropped_for_good_takes_its_triggers_and_indexes_along()
    {
        await _folder.RunAsync(Schema);
        Assert.Empty((await _folder.RunAsync("DROP VIEW v;\nDROP TABLE t;")).ObjectsLost);
    }

    private static string Changed(string script, string changes)
    {
        foreach (var change in changes.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var (from, to) = change.Split("=>") is [var a, var b] ? (a, b) : (change, "");
            Assert.Contains(from, script, StringComparison.Ordinal);
            script = script.Replace(from, to);
        }

        return script;
    }
}
