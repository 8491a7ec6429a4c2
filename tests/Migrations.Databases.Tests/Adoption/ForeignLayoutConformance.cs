using Migrations.Adoption;
using Migrations.Folders;

namespace Migrations.Databases.Tests.Adoption;

/// <summary>Folders of other tools with what only they have in their scripts: they run as they are.</summary>
public abstract class ForeignLayoutConformance(DatabaseKind kind) : Conformance(kind)
{
    protected override bool NeedsCopies => true;

    private Migrator EngineWith(FolderOptions options) => new(Kind.Driver, Target(), Folder, EngineOptions() with { Folder = options });

    [Theory]
    [InlineData(
        "001_a.sql",
        "-- +migrate Up\nCREATE TABLE a (id integer);\n-- +migrate Down\nDROP TABLE a;\n-- +migrate Up notransaction\n"
            + "CREATE TABLE b (id integer);\n-- +migrate Down\nDROP TABLE b;\n"
    )]
    [InlineData(
        "001_a.sql",
        "-- migrate:up\nCREATE TABLE a (id integer);\n-- migrate:down\nDROP TABLE a;\n-- migrate:up\nCREATE TABLE b (id integer);\n"
            + "-- migrate:down\nDROP TABLE b;\n"
    )]
    [InlineData("0000_a.sql", "CREATE TABLE a (id integer)\n--> statement-breakpoint\nCREATE TABLE b (id integer)\n")]
    [InlineData("0000_a.sql", "CREATE TABLE a (id integer);--> statement-breakpoint\nCREATE TABLE b (id integer);\n")]
    [InlineData("20240101120000_a/migration.sql", "-- CreateTable\nCREATE TABLE a (id integer);\nCREATE TABLE b (id integer);\n")]
    [InlineData("20240101120000_a.up.sql", "-- no-transaction\nCREATE TABLE a (id integer);\nCREATE TABLE b (id integer);\n")]
    public async Task A_script_of_another_tool_s_runs_as_it_is(string file, string text)
    {
        Write(file, text);
        Write("migration_lock.toml", "provider = \"any\"\n");

        await ApplyAsync();

        Assert.Equal("a, b", await TablesAsync());
        Assert.DoesNotContain(
            await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift, CheckCategory.History] }),
            r => r.Status == CheckStatus.Fail
        );
        if ((await Engine().GetStatusAsync())[0].HasUndo)
        {
            await UndoAsync();
            Assert.Equal("", await TablesAsync());
        }
    }

    [Fact]
    public async Task An_error_in_a_later_section_has_its_own_line()
    {
        Write("001_a.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n-- migrate:up\nSELECT * FROM nowhere;\n");
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync());
        Assert.Equal(6, error.Location?.Line);
    }

    [Fact]
    public async Task Flyway_s_placeholders_take_variables_and_without_any_that_is_a_warning()
    {
        Write("V1__a.sql", "-- ${flyway:timestamp}\nCREATE TABLE a (id text);\nINSERT INTO a VALUES ('${flyway:user}');\n");
        Write("V2__b.sql", "-- ${nothing}\nCREATE TABLE b (id text);\n");
        Write("V3__c.sql", "CREATE TABLE c (id text);\nINSERT INTO c VALUES ('${kept}');\n");
        Write("V3__c.sql.conf", "placeholderReplacement=false\n");
        await Engine().GetStatusAsync();
        var warning = Assert.Single(Events.Of<Events.WarningRaised>(), w => w.Message.Contains("${", StringComparison.Ordinal)).Message;
        Assert.Contains("V1__a.sql:3", warning, StringComparison.Ordinal);
        Assert.Contains("'${flyway:user}' is a placeholder for Flyway", warning, StringComparison.Ordinal);

        Write("V1__a.sql.conf", "placeholderReplacement=true\n");
        var variables = new VariableSet([new ScriptVariable("flyway:user", "ann"), new ScriptVariable("kept", "replaced")]);
        await EngineWith(new FolderOptions { Variables = variables }).ApplyAsync();

        Assert.Equal(["ann", "${kept}"], await Database.RowsAsync("SELECT id FROM a UNION ALL SELECT id FROM c"));
    }

    [Fact]
    public async Task Two_files_of_one_number_are_known_by_name_as_D1_has_it()
    {
        Write("0001_a.sql", "CREATE TABLE a (id integer);\n");
        Write("0002_b.sql", "CREATE TABLE b (id integer);\n");
        Write("0002_c.sql", "CREATE TABLE c (id integer);\n");
        Write("0002_d.sql", "CREATE TABLE d (id integer);\n");
        await Database.ExecuteAsync(
            $"CREATE TABLE d1_migrations (id {(Kind == DatabaseKind.Sqlite ? "integer" : "serial")} PRIMARY KEY, name text "
                + "UNIQUE, applied_at timestamp DEFAULT CURRENT_TIMESTAMP NOT NULL);"
                + "INSERT INTO d1_migrations (name) VALUES ('0001_a.sql'), ('0002_c.sql'), ('0002_b.sql');"
                + "CREATE TABLE a (id integer); CREATE TABLE b (id integer); CREATE TABLE c (id integer)"
        );
        var byName = EngineOptions() with { Folder = new FolderOptions { IdentityByName = true } };
        var refused = await ThrowsAsync<FolderException>(
            ErrorId.FolderInvalid,
            () => new HistoryImporter(Kind.Driver, Target(), Folder, EngineOptions()).ImportAsync()
        );
        Assert.Contains("--identity name", refused.Problems[0].Remedy.ToString(), StringComparison.Ordinal);

        var adopted = await new HistoryImporter(Kind.Driver, Target(), Folder, byName).ImportAsync(
            new AdoptionRequest { KeepInStep = true }
        );

        Assert.Equal(["0001_a", "0002_c", "0002_b"], adopted.Migrations.Select(m => m.Name));
        Assert.Equal(AdoptionVerdict.Proven, adopted.Verdict);
        Assert.Equal("0002_d", Names(await EngineWith(byName.Folder).ApplyAsync()));
        Assert.Equal("4", await Database.ScalarAsync("SELECT count(*) FROM d1_migrations"));
        Assert.Contains("0002_d.sql", await Database.RowsAsync("SELECT name FROM d1_migrations"));
    }
}

public sealed class SqliteForeignLayoutTests() : ForeignLayoutConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlForeignLayoutTests() : ForeignLayoutConformance(DatabaseKind.PostgreSql);
