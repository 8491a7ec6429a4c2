using Migrations.Comparing;
using Migrations.Folders;
using Migrations.Integrity;
using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>Scripts take values by their names, each as its place allows, wherever scripts are read.</summary>
public abstract class VariableConformance(DatabaseKind kind) : Conformance(kind)
{
    protected MigratorOptions With(params string[] variables) =>
        EngineOptions() with
        {
            Folder = new FolderOptions
            {
                Variables = new VariableSet(variables.Select(v => new ScriptVariable(v.Split('=', 2)[0], v.Split('=', 2)[1]))),
            },
        };

    protected Migrator EngineWith(params string[] variables) => new(Kind.Driver, Target(), Folder, With(variables));

    /// <summary>The script of the only migration, as it would run.</summary>
    protected async Task<string> FilledAsync(params string[] variables)
    {
        using var text = Assert.Single((await EngineWith(variables).PlanApplyAsync()).Steps).Script.OpenText();
        return await text.ReadToEndAsync();
    }

    protected async Task<FileProblem> ProblemAsync(params string[] variables) =>
        Assert.Single((await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => FilledAsync(variables))).Problems);

    [Theory]
    [InlineData("SELECT * FROM ${t};", "SELECT * FROM users;")]
    [InlineData("SELECT ${n};", "SELECT 42;")]
    [InlineData("SELECT * FROM ${t}.${t};", "SELECT * FROM users.users;")]
    [InlineData("SELECT * FROM log_${n};", "SELECT * FROM log_42;")]
    [InlineData("SELECT * FROM ${t}_old;", "SELECT * FROM users_old;")]
    [InlineData("SELECT * FROM a${t}${n}b;", "SELECT * FROM ausers42b;")]
    [InlineData("SELECT ${n}+1, (${n});", "SELECT 42+1, (42);")]
    [InlineData("SELECT 1; -- ${nothing}\n/* ${nothing} */", "SELECT 1; -- ${nothing}\n/* ${nothing} */")]
    [InlineData("SELECT '${nothing} ${', \"a\";", "SELECT '${nothing} ${', \"a\";")]
    [InlineData("-- Variables: quoted\nSELECT '${q}', \"${q}\";", "-- Variables: quoted\nSELECT 'it''s \"so\"', \"it's \"\"so\"\"\";")]
    [InlineData("-- Variables: quoted\nSELECT '${e}' || '${n}${n}';", "-- Variables: quoted\nSELECT '' || '4242';")]
    [InlineData("-- Variables: raw_sql raw\nSELECT ${raw_sql};", "-- Variables: raw_sql raw\nSELECT 1 -- 'x;")]
    [InlineData("-- Variables: none\nSELECT '${t}';", "-- Variables: none\nSELECT '${t}';")]
    public async Task A_value_is_inserted_as_its_place_allows(string script, string expected)
    {
        Migration("001_a", script);
        Assert.Equal(expected, await FilledAsync("t=users", "n=42", "q=it's \"so\"", "e=", "raw_sql=1 -- 'x"));
    }

    [Theory]
    [InlineData("SELECT 1;\nSELECT * FROM ${user};", ErrorId.VariableUndefined, 2, 15, "Did you mean 'users'?")]
    [InlineData("SELECT ${nothing};", ErrorId.VariableUndefined, 1, 8, "'nothing' is not defined")]
    [InlineData("-- Variables: quoted\nSELECT 'a ${nothing}';", ErrorId.VariableUndefined, 2, 11, "'nothing'")]
    [InlineData("SELECT ${two};", ErrorId.VariableInvalid, 1, 8, "not one name or number")]
    [InlineData("SELECT ${users} ${comment};", ErrorId.VariableInvalid, 1, 17, "not one name or number")]
    [InlineData("SELECT ${literal};", ErrorId.VariableInvalid, 1, 8, "not one name or number")]
    [InlineData("SELECT ${minus};", ErrorId.VariableInvalid, 1, 8, "not one name or number")]
    [InlineData("SELECT ${empty};", ErrorId.VariableInvalid, 1, 8, "not one name or number")]
    [InlineData("SELECT ${open};", ErrorId.VariableInvalid, 1, 8, "not one name or number")]
    [InlineData("SELECT a${quoted};", ErrorId.VariableInvalid, 1, 9, "beside it")]
    [InlineData("SELECT ${x}'41';", ErrorId.VariableInvalid, 1, 8, "beside it")]
    [InlineData("SELECT '${users}';", ErrorId.VariableInvalid, 1, 9, "-- Variables: quoted")]
    [InlineData("SELECT \"${users}\";", ErrorId.VariableInvalid, 1, 9, "-- Variables: quoted")]
    [InlineData("SELECT ${a-b};", ErrorId.VariableInvalid, 1, 8, "'a-b' cannot be the name of a variable")]
    [InlineData("SELECT ${users:-b};", ErrorId.VariableInvalid, 1, 8, "'users:-b' cannot be the name of a variable")]
    [InlineData("SELECT ${users", ErrorId.VariableInvalid, 1, 8, "begins no reference")]
    [InlineData("-- Variables: qouted\nSELECT ${users};", ErrorId.HeaderInvalid, 1, 1, "'qouted' is no rule")]
    public async Task What_is_wrong_names_its_place_and_the_way_out(string script, ErrorId id, int line, int column, string words)
    {
        Migration("001_a", script);
        var problem = await ProblemAsync(
            "users=u",
            "two=a b",
            "comment=a--",
            "literal='a'",
            "minus=-5",
            "empty=",
            "open=\"a",
            "quoted=\"a\"",
            "x=x"
        );
        Assert.Equal((id, line, column), (problem.Id, problem.Location.Line, problem.Location.Column));
        Assert.Contains(words, problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_set_no_script_is_changed()
    {
        Migration("001_a", "CREATE TABLE a (v text);\nINSERT INTO a VALUES ('${name}');\n");
        await ApplyAsync();
        Assert.Equal("${name}", await Database.ScalarAsync("SELECT v FROM a"));
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_named_at_once()
    {
        Migration("001_a", "SELECT ${a}, ${b};\n");
        Migration("002_b", "SELECT ${c};\n");
        var error = await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => EngineWith().ApplyAsync());
        Assert.Equal(3, error.Problems.Count);
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task An_error_of_the_database_is_at_its_place_in_the_file()
    {
        Migration(
            "001_a",
            "CREATE TABLE ${t} (id integer);\nINSERT INTO ${t} VALUES (1); INSERT INTO ${t}  SELECT ${n}, nowhere_${t} FROM ${t};\n"
        );
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => EngineWith("t=a_long_name", "n=1").ApplyAsync());
        Assert.Equal(2, error.Location!.Line);
        Assert.InRange(error.Location.Column!.Value, 31, 61);
        Assert.Contains("nowhere_a_long_name", error.Statement, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_checksum_is_of_the_file_and_the_history_holds_no_value()
    {
        Migration("001_a", "CREATE TABLE a (v text DEFAULT 1);\nINSERT INTO a VALUES (${v});\n", "DROP TABLE a;\n");
        await EngineWith("v=4711").ApplyAsync();
        Assert.Equal("001_a Applied", await StatesAsync(EngineWith("v=4712")));
        Assert.Equal("001_a Applied", await StatesAsync());
        Assert.Contains(
            "${v}",
            await Database.ScalarAsync("SELECT script FROM migration_journal WHERE event = 'applied'"),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            "4711",
            string.Join(' ', await Database.RowsAsync("SELECT * FROM migration_journal")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Undo_repeatables_and_forecast_take_them_too()
    {
        Write("V1__a.sql", "CREATE TABLE ${t} (id integer);\nINSERT INTO ${t} VALUES (1), (2);\n");
        Write("U1__a.sql", "DROP TABLE ${t};\n");
        Write("R__v.sql", "DROP VIEW IF EXISTS v_${t};\nCREATE VIEW v_${t} AS SELECT id FROM ${t};\n");
        var engine = EngineWith("t=things");
        Assert.Equal(2, (await engine.ApplyAsync()).Count);
        await Database.ExecuteAsync("DROP VIEW v_things");
        var refused = await ThrowsAsync<DataLossException>(ErrorId.DataLossRefused, () => engine.UndoAsync(new UndoRequest { Name = "1" }));
        Assert.Contains("things", refused.Message, StringComparison.Ordinal);
        await engine.UndoAsync(new UndoRequest { Name = "1", AcceptDataLoss = true });
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task Rehearsal_drift_comparison_and_declared_checks_take_them_too()
    {
        Kind.RequireCopies();
        Migration("001_a", "CREATE TABLE ${t} (id integer);\n", "DROP TABLE ${t};\n");
        Write("checks/a.sql", "-- Variables: quoted\n-- check: no rows\n-- expect: value 1\nSELECT 1 WHERE '${t}' = 'things';\n");
        var options = With("t=things");
        var rehearsed = await new Rehearsal(Kind.Driver, Target(), Folder, options).RunAsync();
        Assert.All(rehearsed.Results, r => Assert.True(r.IsGood, r.Fault));
        Assert.All(rehearsed.Checks, c => Assert.Equal(CheckStatus.Pass, c.Status));
        await new Migrator(Kind.Driver, Target(), Folder, options).ApplyAsync();
        var checks = await new IntegrityChecker(Kind.Driver, Target(), Folder, options).CheckAsync(new CheckRequest());
        Assert.Equal(CheckStatus.Pass, Assert.Single(checks, c => c.Name == "drift").Status);
        Assert.Equal(CheckStatus.Pass, Assert.Single(checks, c => c.Name == "no rows").Status);
        Assert.Contains(
            await new IntegrityChecker(Kind.Driver, Target(), Folder, With("t=others")).CheckAsync(
                new CheckRequest { Categories = [CheckCategory.Drift] }
            ),
            c => c.Status == CheckStatus.Fail
        );
        var sides = new SchemaSides(Kind.Driver, options, new ScratchRequest { Origin = Target(), Session = options.Session });
        Assert.Empty(
            await sides.CompareAsync(
                SidePair.Resolve(Folder, Database.Address, null, [Kind.Driver], Folder),
                ignored: [],
                CancellationToken.None
            )
        );
    }

    [Fact]
    public async Task A_script_without_a_transaction_goes_on_where_it_stopped()
    {
        Migration("001_a", "-- Transaction: none\nCREATE TABLE ${t} (id integer);\nINSERT INTO ${u} VALUES (1);\n");
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => EngineWith("t=a", "u=nowhere").ApplyAsync());
        Assert.Equal((3, 1), (error.Location!.Line, error.StatementIndex!.Value));
        await EngineWith("t=a", "u=a").ApplyAsync();
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM a"));
    }

    [Fact]
    public async Task A_secret_value_is_in_no_error_event_and_row()
    {
        const string Secret = "s3cr3t'value";
        Migration(
            "001_a",
            "-- Variables: quoted\nCREATE TABLE a (v text PRIMARY KEY);\nINSERT INTO a VALUES ('${key}');\nINSERT INTO a "
                + "VALUES ('${key}');\n"
        );
        var options = EngineOptions() with
        {
            Folder = new FolderOptions { Variables = new VariableSet([new ScriptVariable("key", Secret) { IsSecret = true }]) },
        };
        var error = await ThrowsAsync<StatementException>(
            ErrorId.StatementFailed,
            () => new Migrator(Kind.Driver, Target(), Folder, options).ApplyAsync()
        );
        Assert.Contains("INSERT INTO a VALUES ('****", error.Statement, StringComparison.Ordinal);
        var seen =
            $"{error} {error.Detail} {error.Statement} {string.Join(' ', Events.Events)} "
            + string.Join(' ', await Database.RowsAsync("SELECT * FROM migration_journal"));
        Assert.DoesNotContain("s3cr3t", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", options.Folder.Variables.Find("key")!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_value_is_in_no_data_of_an_exception_and_no_name_of_a_column()
    {
        const string Secret = "Geh3'im\"X";
        Migration(
            "001_a",
            "-- Variables: quoted\nCREATE TABLE a (i integer, CONSTRAINT \"${key}\" CHECK (i > 0));\nINSERT INTO a VALUES (-1);\n"
        );
        var options = EngineOptions() with
        {
            Folder = new FolderOptions { Variables = new VariableSet([new ScriptVariable("key", Secret) { IsSecret = true }]) },
        };
        var error = await Assert.ThrowsAsync<StatementException>(() => new Migrator(Kind.Driver, Target(), Folder, options).ApplyAsync());
        var data = error.InnerException!.Data.Cast<System.Collections.DictionaryEntry>().Select(d => $"{d.Key}={d.Value}");
        Assert.DoesNotContain("Geh3", $"{error} {string.Join(' ', data)}", StringComparison.OrdinalIgnoreCase);

        var rows = new RecordingRows();
        await Database.ExecuteAsync("CREATE TABLE b (i integer)");
        await new DatabaseScriptRunner(Kind.Driver, Target(), options).RunAsync(
            new DatabaseScriptRequest
            {
                File = Write("read.txt", "-- Variables: quoted\nSELECT length('${key}'), 1 AS \"${key}\", 2 AS \"${key}\";\n"),
                Rows = rows,
            }
        );
        Assert.DoesNotContain("Geh3", string.Join(' ', rows.Sets), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("-- Variables: quotd\nSELECT 1;")]
    [InlineData("-- Variables: bogus\nSELECT '${', 1;")]
    public async Task A_rule_that_is_none_is_an_error_where_there_are_variables(string script)
    {
        Migration("001_a", script);
        Assert.Equal(ErrorId.HeaderInvalid, (await ProblemAsync("a=b")).Id);
        await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => EngineWith("a=b").ApplyAsync());
        Assert.Equal("", await TablesAsync());
        Assert.Equal("001_a", Names(await ApplyAsync()));
    }

    [Theory]
    [InlineData("1a", "x", "cannot be the name")]
    [InlineData("a-b", "x", "cannot be the name")]
    [InlineData("", "x", "cannot be the name")]
    [InlineData("a", "x\ny", "line end")]
    public void A_name_or_value_that_cannot_be_one_is_refused(string name, string value, string words)
    {
        var error = Assert.Throws<MigrationException>(() => new VariableSet([new ScriptVariable(name, value)]));
        Assert.Equal(ErrorId.VariableInvalid, error.Id);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }
}

/// <inheritdoc/>
public sealed class SqliteVariableTests() : VariableConformance(DatabaseKind.Sqlite)
{
    [Theory]
    [InlineData("SELECT `${q}`, [${b}];", "SELECT `a``b'c`, [it's];")]
    [InlineData("SELECT x'${n}';", "SELECT x'42';")]
    [InlineData(
        "CREATE TRIGGER r AFTER INSERT ON ${b1} BEGIN INSERT INTO ${b1} VALUES ('${b}'); END;",
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN INSERT INTO t VALUES ('it''s'); END;"
    )]
    public async Task Its_own_quotes_are_known(string script, string expected)
    {
        Migration("001_a", "-- Variables: quoted\n" + script);
        Assert.Equal("-- Variables: quoted\n" + expected, await FilledAsync("q=a`b'c", "b=it's", "n=42", "b1=t"));
    }

    [Fact]
    public async Task Nothing_can_be_doubled_in_brackets()
    {
        Migration("001_a", "-- Variables: quoted\nSELECT [${b}];");
        Assert.Equal(ErrorId.VariableInvalid, (await ProblemAsync("b=a]")).Id);
    }
}

/// <inheritdoc/>
public sealed class PostgreSqlVariableTests() : VariableConformance(DatabaseKind.PostgreSql)
{
    [Theory]
    [InlineData("quoted", "SELECT E'${q}', U&'${q}';", "SELECT E'it''s \\\\', U&'it''s \\\\';")]
    [InlineData("quoted", "SELECT U&\"${q}\", '${q}';", "SELECT U&\"it's \\\\\", 'it''s \\';")]
    [InlineData("quoted", "SELECT $$ ${other} $$, '${n}';", "SELECT $$ ${other} $$, '42';")]
    [InlineData(
        "everywhere",
        "CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $f$ BEGIN RETURN '${q}' FROM ${t}; -- ${x}\n END $f$;",
        "CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $f$ BEGIN RETURN 'it''s \\' FROM users; -- ${x}\n END $f$;"
    )]
    [InlineData(
        "everywhere",
        "DO $a$ BEGIN EXECUTE $b$SELECT '${q}'$b$; END $a$;",
        "DO $a$ BEGIN EXECUTE $b$SELECT 'it''s \\'$b$; END $a$;"
    )]
    [InlineData("q raw", "SELECT $$${q}$$;", "SELECT $$it's \\$$;")]
    public async Task Its_own_quotes_are_known(string rule, string script, string expected)
    {
        Migration("001_a", $"-- Variables: {rule}\n" + script);
        Assert.Equal($"-- Variables: {rule}\n" + expected, await FilledAsync("q=it's \\", "n=42", "t=users"));
    }

    [Theory]
    [InlineData("quoted", "DO $$ BEGIN PERFORM ${n}; END $$;", 21, "-- Variables: everywhere")]
    [InlineData("everywhere", "DO $$ BEGIN PERFORM '${d}'; END $$;", 22, "beside it")]
    [InlineData("everywhere", "DO $$ BEGIN PERFORM ${q}; END $$;", 21, "not one name or number")]
    [InlineData("everywhere", "SELECT $$it's ${q}$$;", 15, "open quote")]
    public async Task Dollar_quotes_take_them_only_where_the_script_says_so(string rule, string script, int column, string words)
    {
        Migration("001_a", $"-- Variables: {rule}\n" + script);
        var problem = await ProblemAsync("q=it's", "n=42", "d=a$$b");
        Assert.Equal((ErrorId.VariableInvalid, 2), (problem.Id, problem.Location.Line));
        Assert.Contains(words, problem.ToString(), StringComparison.Ordinal);
        Assert.Equal(column, problem.Location.Column);
    }

    [Fact]
    public async Task The_data_of_copy_is_data()
    {
        Migration("001_a", "CREATE TABLE ${t} (v text);\nCOPY ${t} FROM stdin;\n${t}\n\\.\n");
        await EngineWith("t=a").ApplyAsync();
        Assert.Equal("${t}", await Database.ScalarAsync("SELECT v FROM a"));
    }
}
