using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>The file that a run keeps up to date with the complete schema.</summary>
public abstract class SchemaFileConformance(DatabaseKind kind) : Conformance(kind)
{
    private string SchemaFile => FileOf("schema.sql");

    private Task<IReadOnlyList<MigrationResult>> ApplyAndWriteAsync(string? file = null) =>
        ApplyAsync(new ApplyRequest { SchemaFile = file ?? SchemaFile });

    [Fact]
    public async Task It_holds_the_schema_after_the_run_and_is_left_alone_while_that_is_the_same()
    {
        ThreeTables();
        await ApplyAndWriteAsync();
        var first = await File.ReadAllTextAsync(SchemaFile);
        Assert.All(["a", "b", "c"], table => Assert.Matches($@"(?i)CREATE TABLE \S*\b{table}\b", first));
        Assert.DoesNotContain("migration_journal", first, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', first);
        Assert.EndsWith(";\n", first, StringComparison.Ordinal);
        Assert.NotEqual('\uFEFF', first[0]);

        var longAgo = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(SchemaFile, longAgo);
        Assert.Empty(await ApplyAndWriteAsync());
        await UndoAsync();
        await ApplyAndWriteAsync();
        Assert.Equal(longAgo, File.GetLastWriteTimeUtc(SchemaFile));

        Migration("004_d", "CREATE TABLE d (id integer);", "DROP TABLE d;");
        await ApplyAndWriteAsync();
        Assert.Matches(@"(?i)CREATE TABLE \S*\bd\b", await File.ReadAllTextAsync(SchemaFile));
        Assert.Equal([], Directory.GetFiles(Folder, "*.tmp"));
    }

    [Fact]
    public async Task It_is_the_same_for_another_database_of_the_same_migrations_and_makes_the_schema()
    {
        ThreeTables();
        Migration("004_v", "CREATE INDEX b_id ON b (id);\nCREATE VIEW v AS SELECT id FROM b;\n", "DROP VIEW v;\nDROP INDEX b_id;\n");
        await ApplyAndWriteAsync();
        var written = await File.ReadAllBytesAsync(SchemaFile);
        await using var other = await Kind.CreateAsync();
        var elsewhere = FileOf("checks.txt");
        await new Migrator(Kind.Driver, Kind.Driver.Parse(other.Address, Folder)!, Folder, EngineOptions()).ApplyAsync(
            new ApplyRequest { SchemaFile = elsewhere }
        );
        Assert.Equal(written, await File.ReadAllBytesAsync(elsewhere));

        await using var empty = await Kind.CreateAsync();
        await empty.ExecuteAsync(await File.ReadAllTextAsync(SchemaFile));
        Assert.Equal(
            (await Database.TablesAsync()).Where(t => !t.StartsWith("migration_", StringComparison.Ordinal)),
            await empty.TablesAsync()
        );
    }

    [Fact]
    public async Task It_is_written_before_the_checks_which_compare_it()
    {
        Kind.RequireCopies();
        ThreeTables();
        Write("schema.sql", "CREATE TABLE of_yesterday (id integer);\n");
        Assert.Equal(3, (await ApplyAsync(new ApplyRequest { SchemaFile = SchemaFile, Check = new CheckRequest() })).Count);
        Assert.DoesNotContain("of_yesterday", await File.ReadAllTextAsync(SchemaFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_run_leaves_it_alone()
    {
        Write("schema.sql", "-- as it was\n");
        Migration("001_a", "INSERT INTO nowhere VALUES (1);");
        await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAndWriteAsync());
        Assert.Equal("-- as it was\n", await File.ReadAllTextAsync(SchemaFile));
    }

    [Theory]
    [InlineData("no such folder/schema.sql", "does not exist")]
    [InlineData("005_schema.sql", "would be read as a migration")]
    [InlineData("checks", "is a folder")]
    public async Task A_place_where_it_cannot_be_is_refused_before_anything_runs(string name, string reason)
    {
        ThreeTables();
        Directory.CreateDirectory(FileOf("checks"));
        var error = await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => ApplyAndWriteAsync(FileOf(name)));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task What_was_applied_stays_applied_when_it_cannot_be_written()
    {
        ThreeTables();
        // A folder stands where the file is written before it takes its place.
        Directory.CreateDirectory(SchemaFile + ".tmp");
        var error = await ThrowsAsync<MigrationException>(ErrorId.FileUnreadable, () => ApplyAndWriteAsync());
        Assert.Equal("001_a, 002_b, 003_c", Names(error.Applied));
        Directory.Delete(SchemaFile + ".tmp");
        Assert.Empty(await ApplyAndWriteAsync());
        Assert.True(File.Exists(SchemaFile));
    }
}

public sealed class SqliteSchemaFileTests() : SchemaFileConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlSchemaFileTests() : SchemaFileConformance(DatabaseKind.PostgreSql);
