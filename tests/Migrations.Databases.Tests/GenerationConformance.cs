using Migrations.Comparing;
using Migrations.Generating;
using Migrations.Schema;

namespace Migrations.Databases.Tests;

/// <summary>A migration is written from the schema that is wanted, and only when it is proven on a copy with rows.</summary>
public abstract class GenerationConformance(DatabaseKind kind) : Conformance(kind)
{
    private const string First = """
        CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer);
        CREATE TABLE posts (id integer PRIMARY KEY, user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE, body text);
        CREATE INDEX posts_user ON posts (user_id);
        CREATE VIEW names AS SELECT id, name FROM users;
        """;

    protected override bool NeedsCopies => true;

    /// <summary>A column type, and a value of it that becomes another one in a column of integers.</summary>
    protected abstract (string Type, string Value) Lossy { get; }

    /// <summary>A schema, one that no statement leads to, and what the refusal names.</summary>
    protected abstract (string From, string To, string Reason) Inexpressible { get; }

    /// <summary>
    /// A table is renamed, and a column of another; columns come, go and change under a view: no row of a table that stays is lost, and
    /// what the migrations make is the wanted schema.
    /// </summary>
    [Fact]
    public async Task A_migration_to_the_wanted_schema_keeps_the_rows_and_what_is_renamed()
    {
        await GeneratesAsync(First);
        await ApplyAsync();
        await Database.ExecuteAsync("INSERT INTO users VALUES (1, 'ann', 'ann@x', 30), (2, 'bob', NULL, 40)");
        await Database.ExecuteAsync("INSERT INTO posts VALUES (1, 1, 'first'), (2, 1, 'second')");
        var before = await SchemaAsync(new DatabaseSide(Target()));

        var result = await GeneratesAsync(
            """
            CREATE TABLE users (id integer PRIMARY KEY, full_name text NOT NULL, email text UNIQUE, born date);
            CREATE TABLE articles (id integer PRIMARY KEY, user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE, body text,
                title text NOT NULL DEFAULT '');
            CREATE INDEX posts_user ON articles (user_id);
            CREATE VIEW names AS SELECT id, full_name FROM users WHERE born IS NULL;
            """,
            request => request with { Renames = ["users.name=full_name", "posts=articles"] }
        );

        Assert.Contains("age", Assert.Single(result.UpLosses), StringComparison.Ordinal);
        Assert.Contains("Loses the column", await TextAsync(result.Files[0]), StringComparison.Ordinal);
        await ApplyAsync();
        Assert.Equal(["ann", "bob"], await Database.RowsAsync("SELECT full_name FROM users ORDER BY id"));
        Assert.Equal(["first", "second"], await Database.RowsAsync("SELECT body FROM articles ORDER BY id"));
        Assert.Empty(Differences(await SchemaAsync(new FileSide(FileOf("../schema.sql"))), await SchemaAsync(new DatabaseSide(Target()))));
        await UndoAsync();
        Assert.Empty(Differences(before, await SchemaAsync(new DatabaseSide(Target()))));
        Assert.Equal(["ann", "bob"], await Database.RowsAsync("SELECT name FROM users ORDER BY id"));
        Assert.Equal(["2"], await Database.RowsAsync("SELECT count(*) FROM posts"));
    }

    /// <summary>Each step is written from the one before, proven, and leaves nothing to write.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Schemas_that_change_by_chance_are_reached_step_by_step(int seed)
    {
        var schema = new RandomSchema(seed);
        for (var step = 0; step < 6; step++)
        {
            for (var i = 0; i < 3; i++)
                schema.Mutate();
            var result = await GenerateAsync(schema.Sql());
            var known = result.Outcome is GenerationOutcome.Written or GenerationOutcome.Unchanged;
            Assert.True(
                known,
                $"{schema.Log}\n{string.Join('\n', result.Reasons)}\n{result.Up}\n{result.Down}\n{Shown(result.Differences)}"
            );
        }

        Assert.Equal(GenerationOutcome.Unchanged, (await GenerateAsync(schema.Sql())).Outcome);
    }

    [Fact]
    public async Task A_rename_is_asked_about_and_never_guessed()
    {
        await GeneratesAsync("CREATE TABLE a (id integer PRIMARY KEY, n text, m integer);");
        const string Wanted = "CREATE TABLE a (id integer PRIMARY KEY, title text, m integer);";
        var asked = new List<string>();

        var no = await GenerateAsync(Wanted, r => r with { WhatIf = true, Ask = Answer(false) });
        var yes = await GenerateAsync(Wanted, r => r with { WhatIf = true, Ask = Answer(true) });
        var unasked = await GenerateAsync(Wanted, r => r with { WhatIf = true });

        Assert.Equal(2, asked.Count);
        Assert.All(asked, q => Assert.Contains("renamed to", q, StringComparison.Ordinal));
        Assert.Contains("RENAME COLUMN n TO title", yes.Up, StringComparison.Ordinal);
        Assert.Empty(yes.UpLosses);
        Assert.All([no, unasked], r => Assert.Contains("title added. If that is", r.Up, StringComparison.Ordinal));
        Assert.All([no, unasked], r => Assert.DoesNotContain("RENAME COLUMN", r.Up, StringComparison.Ordinal));

        Func<string, bool> Answer(bool answer) =>
            question =>
            {
                asked.Add(question);
                return answer;
            };
    }

    [Theory]
    [InlineData("a=b")]
    [InlineData("b.n=x")]
    [InlineData("a.n=nothing")]
    [InlineData("a.id=title")]
    [InlineData("a.n")]
    public async Task A_rename_that_fits_nothing_is_refused(string rename)
    {
        await GeneratesAsync("CREATE TABLE a (id integer PRIMARY KEY, n text);");
        _ = await ThrowsAsync<MigrationException>(
            ErrorId.UsageInvalid,
            () => GenerateAsync("CREATE TABLE a (id integer PRIMARY KEY, title text);", r => r with { Renames = [rename] })
        );
    }

    [Fact]
    public async Task What_fails_on_rows_that_migrations_put_in_is_not_written()
    {
        Write("001_a.sql", "CREATE TABLE a (id integer PRIMARY KEY, n integer);\nINSERT INTO a VALUES (1, NULL);\n");
        Write("001_a.down.sql", "DROP TABLE a;\n");

        var result = await GenerateAsync("CREATE TABLE a (id integer PRIMARY KEY, n integer NOT NULL);");

        Assert.Equal(GenerationOutcome.Refused, result.Outcome);
        Assert.NotEmpty(result.Reasons);
        Assert.Equal(2, Directory.GetFiles(Folder).Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData(", gone text")]
    public async Task Values_that_become_others_are_not_taken_for_those_of_a_column_that_goes(string gone)
    {
        var (type, value) = Lossy;
        Write("001_a.sql", $"CREATE TABLE a (id integer PRIMARY KEY, n {type}{gone});\nINSERT INTO a (id, n) VALUES (1, {value});\n");
        Write("001_a.down.sql", "DROP TABLE a;\n");

        var result = await GenerateAsync("CREATE TABLE a (id integer PRIMARY KEY, n integer);");

        Assert.Equal(GenerationOutcome.Refused, result.Outcome);
        Assert.StartsWith("Values differ in ", result.Reasons[0], StringComparison.OrdinalIgnoreCase);
        Assert.Equal(2, Directory.GetFiles(Folder).Length);
    }

    [Fact]
    public async Task What_no_statement_is_written_for_is_refused_by_name()
    {
        var (from, to, reason) = Inexpressible;
        await GeneratesAsync(from);
        var result = await GenerateAsync(to);
        Assert.Equal(GenerationOutcome.Refused, result.Outcome);
        Assert.Contains(reason, Assert.Single(result.Reasons), StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(Folder).Length);
    }

    [Fact]
    public async Task The_wanted_schema_may_be_a_database_or_a_folder_of_scripts()
    {
        await Database.ExecuteAsync("CREATE TABLE a (id integer PRIMARY KEY)");
        var live = await GenerateAsync("", r => r with { Schema = new DatabaseSide(Target()), Shown = "the database" });
        Assert.Equal(GenerationOutcome.Written, live.Outcome);
        Write("../parts/10 tables/a.sql", "CREATE TABLE a (id integer PRIMARY KEY);\n");
        Write("../parts/20 views/v.sql", "CREATE VIEW v AS SELECT id FROM a;\n");
        await Database.ExecuteAsync("DROP TABLE a");
        var parts = await GenerateAsync("", r => r with { Schema = new FolderSide(FileOf("../parts")), WithData = true });
        Assert.True(parts.Outcome == GenerationOutcome.Written, string.Join(' ', parts.Reasons));
        Assert.Contains("CREATE VIEW", parts.Up, StringComparison.Ordinal);
    }

    private async Task<GeneratedMigration> GeneratesAsync(string schema, Func<GenerationRequest, GenerationRequest>? change = null)
    {
        var result = await GenerateAsync(schema, change);
        var why = $"{string.Join('\n', result.Reasons)}\n{result.Up}\n{result.Down}\n{Shown(result.Differences)}";
        Assert.True(result.Outcome == GenerationOutcome.Written, why);
        return result;
    }

    private async Task<GeneratedMigration> GenerateAsync(string schema, Func<GenerationRequest, GenerationRequest>? change = null)
    {
        Write("../schema.sql", schema + "\n");
        var request = new GenerationRequest
        {
            Name = "next",
            Schema = new FileSide(FileOf("../schema.sql")),
            Shown = "schema.sql",
        };
        return await new MigrationGeneration(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync(
            change is null ? request : change(request),
            TestContext.Current.CancellationToken
        );
    }

    private Task<SchemaSnapshot> SchemaAsync(SchemaSide side) =>
        new SchemaSides(Kind.Driver, EngineOptions(), new ScratchRequest { Origin = Target() }).ReadAsync(
            side,
            TestContext.Current.CancellationToken
        );

    private static IEnumerable<string> Differences(SchemaSnapshot left, SchemaSnapshot right) =>
        SchemaComparison.Compare(left, right).Where(d => !d.IsColumnOrder).Select(d => $"{d.Kind} {d.Name}");

    private static string Shown(IReadOnlyList<SchemaDifference> differences) =>
        string.Join('\n', differences.Select(d => $"{d.Kind} {d.ObjectType} {d.Name}: {d.Left} / {d.Right}"));

    private static Task<string> TextAsync(string file) => File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
}

public sealed class SqliteGenerationTests() : GenerationConformance(DatabaseKind.Sqlite)
{
    protected override (string From, string To, string Reason) Inexpressible =>
        ("CREATE VIRTUAL TABLE f USING fts5(a);", "CREATE VIRTUAL TABLE f USING fts5(a, b);", "The virtual table f differs");

    protected override (string Type, string Value) Lossy => ("text", "'007'");
}

public sealed class PostgreSqlGenerationTests() : GenerationConformance(DatabaseKind.PostgreSql)
{
    protected override (string From, string To, string Reason) Inexpressible =>
        ("CREATE TABLE a (n text);", "CREATE TABLE a (n integer);", "TYPE integer USING");

    protected override (string Type, string Value) Lossy => ("numeric(10, 2)", "1.50");
}
