using Migrations.Folders;
using Migrations.Generating;
using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>Many migrations become one that makes the same, and every database finds its way to it.</summary>
public abstract class SquashConformance(DatabaseKind kind) : Conformance(kind)
{
    private const string Last = "003_views";

    protected override bool NeedsCopies => true;

    /// <summary>A migration with what only this kind of database has.</summary>
    protected abstract string Own { get; }

    /// <summary>Its undo.</summary>
    protected abstract string OwnUndo { get; }

    /// <summary>What asks for the next numbers that the database gives.</summary>
    protected abstract string NextNumber { get; }

    [Fact]
    public async Task A_new_database_gets_the_same_schema_rows_and_next_numbers_as_from_the_originals()
    {
        Originals();
        await ApplyAsync();
        var (before, numbers) = (await ContentAsync(), await Database.RowsAsync(NextNumber));
        await using var fresh = await Kind.CreateAsync();

        var result = await SquashAsync();

        Assert.Equal((GenerationOutcome.Written, "003_squash"), (result.Outcome, result.Name));
        Assert.Equal(["001_users", "002_seed", Last], result.Replaces);
        Assert.Equal(["003_squash.up.sql", "004_later.down.sql", "004_later.up.sql", "archive"], Entries(Folder));
        Assert.Contains("001_users.down.sql", Entries(FileOf("archive")));
        await FreshEngine(fresh.Address).ApplyAsync();
        Assert.Equal(before, await ContentAsync(fresh.Address));
        Assert.Equal(numbers, await fresh.RowsAsync(NextNumber));
        var undo = new UndoRequest { All = true, AcceptDataLoss = true };
        await ThrowsAsync<PlanException>(ErrorId.UndoMissing, () => FreshEngine(fresh.Address).UndoAsync(undo));
    }

    [Fact]
    public async Task A_database_with_all_of_them_only_records_it_and_its_undo_goes_through_the_archive()
    {
        Originals();
        await ApplyAsync();
        await SquashAsync();
        Assert.Equal("001_users Applied, 002_seed Applied, 003_views Applied, 003_squash Pending, 004_later Applied", await StatesAsync());

        Assert.Equal("003_squash", Names(await ApplyAsync()));

        Assert.Equal("003_squash Applied, 004_later Applied", await StatesAsync());
        Assert.EndsWith("004_later applied, 003_squash squashed", await JournalAsync(), StringComparison.Ordinal);
        Assert.Empty(await ApplyAsync());
        Assert.True((await Engine().GetSummaryAsync()).Healthy);
        Assert.Equal(CheckStatus.Pass, (await DriftAsync()).Status);

        Assert.Equal("004_later", Names(await UndoAsync()));
        Assert.Equal(Last, Names(await UndoAsync()));
        Assert.Equal(
            "001_users Applied, 002_seed Applied, 003_views RolledBack, 003_squash Pending, 004_later RolledBack",
            await StatesAsync()
        );
        Assert.Equal("003_views, 003_squash, 004_later", Names(await ApplyAsync()));
        Assert.Equal("004_later, 003_views, 002_seed, 001_users", Names(await UndoAsync(new UndoRequest { All = true })));
        Assert.Equal("", await TablesAsync());
        // Nothing of the originals is left, so the one file runs.
        Assert.Equal("003_squash, 004_later", Names(await ApplyAsync()));
    }

    [Fact]
    public async Task A_database_with_some_of_them_is_led_through_the_archive_and_refused_without_it()
    {
        Originals();
        await ApplyAsync(new ApplyRequest { First = 1 });
        await SquashAsync();
        Directory.Move(FileOf("archive"), FileOf(".elsewhere"));

        var refused = await ThrowsAsync<PlanException>(ErrorId.SquashIncomplete, () => ApplyAsync());

        Assert.Equal(["002_seed", Last], refused.Migrations);
        Assert.Equal("001_users Applied, 003_squash Pending, 004_later Pending", await StatesAsync());
        Directory.Move(FileOf(".elsewhere"), FileOf("archive"));
        // A script that was edited since is not what was replaced.
        var seed = await File.ReadAllTextAsync(FileOf("archive/002_seed.up.sql"), TestContext.Current.CancellationToken);
        Write("archive/002_seed.up.sql", seed + "\n");
        refused = await ThrowsAsync<PlanException>(ErrorId.SquashIncomplete, () => ApplyAsync());
        Assert.Equal(["002_seed"], refused.Migrations);
        Write("archive/002_seed.up.sql", seed);
        Assert.Equal("002_seed, 003_views, 003_squash", Names(await ApplyAsync(new ApplyRequest { Target = "002" })));
        Assert.Equal("003_squash Applied, 004_later Pending", await StatesAsync());
    }

    [Fact]
    public async Task Without_the_archive_a_database_with_all_of_them_needs_nothing_but_for_an_undo()
    {
        Originals();
        await ApplyAsync();
        await SquashAsync();
        Directory.Delete(FileOf("archive"), recursive: true);

        Assert.Equal("003_squash", Names(await ApplyAsync()));

        Assert.Equal("003_squash Applied, 004_later Applied", await StatesAsync());
        Assert.Equal(CheckStatus.Pass, (await DriftAsync()).Status);
        Assert.Equal("004_later", Names(await UndoAsync(new UndoRequest { To = "003" })));
        var refused = await ThrowsAsync<PlanException>(ErrorId.MigrationMissing, () => UndoAsync());
        Assert.Contains("archive", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_name_of_a_replaced_one_means_the_squash()
    {
        Originals();
        Migration(
            "005_needs",
            "-- Depends-On: 001_users, 003_squash\nCREATE TABLE needs (id integer PRIMARY KEY);\n",
            "DROP TABLE needs;\n"
        );
        await SquashAsync();

        Assert.Equal("003_squash", Names(await ApplyAsync(new ApplyRequest { Target = "002_seed" })));
        Assert.Equal("004_later, 005_needs", Names(await ApplyAsync()));
        Assert.Equal("005_needs, 004_later", Names(await UndoAsync(new UndoRequest { To = "001" })));
    }

    [Fact]
    public async Task A_later_squash_folds_an_earlier_one()
    {
        Originals();
        await ApplyAsync();
        await using var fresh = await Kind.CreateAsync();
        await using var between = await Kind.CreateAsync();
        await SquashAsync();
        await FreshEngine(between.Address).ApplyAsync(new ApplyRequest { First = 1 });

        var result = await SquashAsync("004", "all");

        Assert.Equal(["003_squash", "004_later"], result.Replaces);
        Assert.Equal("004_all", Names(await FreshEngine(fresh.Address).ApplyAsync()));
        Assert.Equal("004_later, 004_all", Names(await FreshEngine(between.Address).ApplyAsync()));
        Assert.Equal("004_all", Names(await ApplyAsync()));
        foreach (var isThere in (bool[])[true, false])
        {
            foreach (var address in (string[])[fresh.Address, between.Address, Database.Address])
            {
                Assert.Equal("004_all Applied", await StatesAsync(FreshEngine(address)));
                Assert.Empty(await FreshEngine(address).ApplyAsync());
            }

            if (isThere)
                Directory.Delete(FileOf("archive"), recursive: true);
        }
    }

    [Theory]
    [InlineData("-- Environment: staging\nCREATE TABLE x (id integer);\n", "002_seed: it runs in staging only")]
    [InlineData("-- Transaction: none\nCREATE TABLE x (id integer);\n", "002_seed: it runs outside a transaction")]
    [InlineData("CREATE TABLE ${name} (id integer);\n", "002_seed: its script takes variables")]
    public async Task What_cannot_be_folded_is_named_and_nothing_is_moved(string script, string reason)
    {
        Originals();
        Write("002_seed.up.sql", script);
        var before = Entries(Folder);

        var result = await SquashAsync(variables: new VariableSet([new ScriptVariable("name", "x")]), environment: "staging");

        Assert.Equal(GenerationOutcome.Refused, result.Outcome);
        Assert.Contains(result.Reasons, r => r.StartsWith(reason, StringComparison.Ordinal));
        Assert.Equal(before, Entries(Folder));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Code_in_the_range_is_named_and_code_after_it_is_left_alone(bool isObject)
    {
        Originals();
        var source = MigrationSource.FromFolder(Folder);
        if (isObject)
            source = source.With(new CodeMigration("002.5", "code", _ => Task.CompletedTask));
        else
            Write("002.5_code.ps1", "function up { }\n");
        var before = Entries(Folder);

        var refused = await SquashAsync(source: source);
        Assert.Equal(before, Entries(Folder));
        var folded = await SquashAsync("002", source: source);

        Assert.Equal(GenerationOutcome.Refused, refused.Outcome);
        Assert.Equal(["002.5_code: it is code, which no file of SQL replaces."], refused.Reasons);
        Assert.Equal(GenerationOutcome.Written, folded.Outcome);
        Assert.Equal(["001_users", "002_seed"], folded.Replaces);
        Assert.Equal(!isObject, File.Exists(FileOf("002.5_code.ps1")));
        var engine = new Migrator(Kind.Driver, Target(), source, EngineOptions());
        Assert.Equal("002_squash Pending, 002.5_code Pending, 003_views Pending, 004_later Pending", await StatesAsync(engine));
        if (isObject)
            Assert.Equal("002_squash, 002.5_code, 003_views, 004_later", Names(await engine.ApplyAsync()));
    }

    [Fact]
    public void Migrations_that_are_no_files_are_no_source() =>
        Assert.Throws<ArgumentException>(
            "source",
            () => new MigrationSquash(Kind.Driver, Target(), MigrationSource.Of(new CodeMigration("1", "code", _ => Task.CompletedTask)))
        );

    [Fact]
    public async Task A_comment_that_names_a_migration_without_its_checksum_replaces_nothing()
    {
        Originals();
        Write("005_more.up.sql", "-- Replaces: 001_users 002_seed\nCREATE TABLE more (id integer PRIMARY KEY);\n");

        Assert.Equal("001_users, 002_seed, 003_views, 004_later, 005_more", Names(await ApplyAsync()));
    }

    [Fact]
    public async Task It_is_shown_and_nothing_is_written_and_nothing_is_overwritten()
    {
        Originals();
        var before = Entries(Folder);

        var shown = await SquashAsync(whatIf: true);

        Assert.Equal(GenerationOutcome.WhatIf, shown.Outcome);
        Assert.Contains("-- Replaces: 001_users sha256:", shown.Up, StringComparison.Ordinal);
        Assert.Equal(before, Entries(Folder));
        Write("archive/001_users.up.sql", "SELECT 1;\n");
        await ThrowsAsync<MigrationException>(ErrorId.GenerationRefused, () => SquashAsync());
        Assert.Equal(GenerationOutcome.Unchanged, (await SquashAsync("001")).Outcome);
    }

    [Theory]
    [InlineData("V1__a.sql", "V2__b.sql", "V2__squash.sql", null)]
    [InlineData("20240101120000_a/up.sql", "20240102120000_b/up.sql", "20240102120000_squash/up.sql", "20240102120000_b/down.sql")]
    [InlineData("0001_a.sql", "0002_b.sql", "0002_squash.sql", "rollback/0002_rollback.sql")]
    [InlineData("0.9/00__a.sql", "0.10/00__b.sql", "0.10/00__squash.sql", null)]
    public async Task It_is_written_in_the_layout_and_what_a_kill_leaves_is_before_or_after(
        string first,
        string second,
        string expected,
        string? undo
    )
    {
        Write(first, "CREATE TABLE a (id integer PRIMARY KEY);\n");
        Write(second, "CREATE TABLE b (id integer PRIMARY KEY);\nINSERT INTO b VALUES (1);\n");
        if (undo is not null)
            Write(undo, "DROP TABLE b;\n");
        string[] originals = [first, second, .. undo is null ? (string[])[] : [undo]];
        var texts = originals.ToDictionary(f => f, f => File.ReadAllText(FileOf(f)));
        await ApplyAsync();

        var result = await SquashAsync("b");

        Assert.Equal(FileOf(expected), Assert.Single(result.Files));
        Assert.All(originals, f => Assert.True(File.Exists(FileOf("archive/" + f)) && !File.Exists(FileOf(f))));
        // Killed after the rename: some of the originals still stand there.
        foreach (var original in originals)
            Write(original, texts[original]);
        var read = MigrationFolderReader.Read(Folder, new FolderOptions(), TestContext.Current.CancellationToken);
        Assert.Equal(result.Name, Assert.Single(read.Migrations).FullName);
        Assert.Equal(originals.Length, read.Warnings.Count(w => w.Message.Contains("a squash replaced", StringComparison.Ordinal)));
        Assert.Equal(result.Name, Names(await ApplyAsync()));
        Assert.Equal(GenerationOutcome.Unchanged, (await SquashAsync(result.Name)).Outcome);
        Assert.All(originals, f => Assert.False(File.Exists(FileOf(f))));
        // Killed before it: only copies are there.
        File.Delete(FileOf(expected));
        foreach (var original in originals)
            Write(original, texts[original]);
        read = MigrationFolderReader.Read(Folder, new FolderOptions(), TestContext.Current.CancellationToken);
        Assert.Equal(2, read.Migrations.Count);
        Assert.Equal(GenerationOutcome.Written, (await SquashAsync("b")).Outcome);
    }

    private void Originals()
    {
        Migration("001_users", Own, OwnUndo);
        Migration(
            "002_seed",
            "-- Version: 1.0.0\nINSERT INTO users (id, name) VALUES (3, 'it''s'), (1, 'ann'), (2, NULL);\n"
                + "INSERT INTO posts VALUES (1, 1, 'first'), (2, 3, 'line\nbreak');\nDELETE FROM users WHERE id = 2;\n",
            "DELETE FROM posts;\nDELETE FROM users;\n"
        );
        Migration(
            Last,
            "CREATE VIEW names AS SELECT id, name FROM users;\nCREATE UNIQUE INDEX users_name ON users (name);\n",
            "DROP VIEW names;\nDROP INDEX users_name;\n"
        );
        Migration("004_later", "CREATE TABLE later (id integer PRIMARY KEY);\n", "DROP TABLE later;\n");
    }

    private Task<GeneratedMigration> SquashAsync(
        string to = "003",
        string name = "squash",
        bool whatIf = false,
        VariableSet? variables = null,
        string? environment = null,
        MigrationSource? source = null
    ) =>
        new MigrationSquash(
            Kind.Driver,
            Target(),
            source ?? Folder,
            EngineOptions() with
            {
                Environment = environment,
                Folder = new FolderOptions { Variables = variables },
            }
        ).RunAsync(
            new SquashRequest
            {
                To = to,
                Name = name,
                WhatIf = whatIf,
            },
            TestContext.Current.CancellationToken
        );

    private async Task<CheckResult> DriftAsync() =>
        (await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift] }, TestContext.Current.CancellationToken)).Single(
            r => r.Name == "drift"
        );

    private Migrator FreshEngine(string address) => new(Kind.Driver, Kind.Driver.Parse(address, Folder)!, Folder, EngineOptions());

    private static List<string> Entries(string folder) =>
        [.. Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    private async Task<string> ContentAsync(string? address = null)
    {
        var target = address is null ? Target() : Kind.Driver.Parse(address, Folder)!;
        await using var session = await Kind.Driver.OpenAsync(target, new SessionOptions(), TestContext.Current.CancellationToken);
        var schema = await session.Inspector.ReadSchemaAsync(TestContext.Current.CancellationToken);
        var content = await session.Inspector.ReadContentAsync(digests: true, TestContext.Current.CancellationToken);
        return schema.Fingerprint
            + string.Concat(
                content
                    .Where(c => !c.Table.Contains("migration_", StringComparison.Ordinal))
                    .Select(c => $"\n{c.Table} {c.Rows} {c.Digest}")
            );
    }
}

public sealed class SqliteSquashTests() : SquashConformance(DatabaseKind.Sqlite)
{
    protected override string Own =>
        """
            CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, blob BLOB DEFAULT x'00ff', size AS (length(name)));
            CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), body TEXT) STRICT;
            CREATE TABLE marks (a TEXT, b REAL, PRIMARY KEY (a, b)) WITHOUT ROWID;
            INSERT INTO marks VALUES ('y', 0.1), ('x', 1e300);
            CREATE TRIGGER t AFTER INSERT ON users BEGIN INSERT INTO marks VALUES ('t', new.id); END;
            INSERT INTO users VALUES (9, 'gone', NULL);
            DELETE FROM users;
            CREATE VIRTUAL TABLE found USING fts5(body, content = 'posts', content_rowid = 'id');
            CREATE VIRTUAL TABLE "own texts" USING fts5("a b" UNINDEXED, body, tokenize = 'porter');
            INSERT INTO "own texts" (rowid, "a b", body) VALUES (7, 'it''s', 'walking'), (-2, NULL, 'walks');
            CREATE TRIGGER f AFTER INSERT ON posts BEGIN INSERT INTO found (rowid, body) VALUES (new.id, new.body); END;
            """;

    protected override string OwnUndo =>
        "DROP TABLE found;\nDROP TABLE \"own texts\";\nDROP TABLE posts;\nDROP TABLE users;\nDROP TABLE marks;\n";

    protected override string NextNumber => "SELECT seq FROM sqlite_sequence WHERE name = 'users'";
}

public sealed class PostgreSqlSquashTests() : SquashConformance(DatabaseKind.PostgreSql)
{
    protected override string Own =>
        """
            CREATE TYPE mood AS ENUM ('sad', 'glad');
            CREATE TABLE users (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, mood mood DEFAULT 'glad',
                upper text GENERATED ALWAYS AS (upper(name)) STORED, tags text[] DEFAULT '{a,"b c"}',
                at timestamptz DEFAULT '2026-01-02 03:04Z');
            ALTER TABLE users ALTER COLUMN id SET GENERATED BY DEFAULT;
            ALTER TABLE users ALTER COLUMN id RESTART WITH 100;
            CREATE TABLE posts (id serial PRIMARY KEY, user_id integer REFERENCES users, body text);
            SELECT setval('posts_id_seq', 41);
            CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.mood := 'sad'; RETURN new; END $$;
            CREATE TRIGGER touched BEFORE INSERT ON users FOR EACH ROW WHEN (new.id = 3) EXECUTE FUNCTION touch();
            CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM users;
            COMMENT ON COLUMN users.name IS 'full name';
            """;

    protected override string OwnUndo =>
        "DROP MATERIALIZED VIEW counted;\nDROP TABLE posts;\nDROP TABLE users;\nDROP FUNCTION touch();\nDROP TYPE mood;\n";

    protected override string NextNumber => "SELECT nextval('users_id_seq') || ' ' || nextval('posts_id_seq')";
}
