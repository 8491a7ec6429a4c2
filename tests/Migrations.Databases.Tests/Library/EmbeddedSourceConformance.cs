using Migrations.Integrity;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Library;

/// <summary>Migrations that an assembly carries as resources.</summary>
public abstract class EmbeddedSourceConformance(DatabaseKind kind) : Conformance(kind)
{
    private const string Prefix = "Migrations.Databases.Tests.Library.";

    private Migrator Of(string prefix) => new(Kind.Driver, Target(), Source(prefix), EngineOptions());

    private static MigrationSource Source(string prefix) => MigrationSource.Embedded(typeof(EmbeddedSourceConformance).Assembly, prefix);

    [Fact]
    public async Task They_are_applied_shown_and_undone_like_those_of_a_folder()
    {
        var engine = Of(Prefix + "Embedded");
        Assert.Equal("001_a Pending, 002_b Pending", await StatesAsync(engine));
        Assert.Equal("001_a, 002_b", Names(await engine.ApplyAsync()));
        Assert.Empty(await engine.ApplyAsync());
        Assert.Equal("a, b", await TablesAsync());
        var status = (await engine.GetStatusAsync())[0];
        Assert.Equal($"Migrations.Databases.Tests.dll:{Prefix}Embedded", status.Path);
        Assert.Equal("002_b, 001_a", Names(await engine.UndoAsync(new UndoRequest { All = true, AcceptDataLoss = true })));
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task A_folder_with_the_same_files_has_the_same_history()
    {
        await Of(Prefix + "Embedded.").ApplyAsync();
        foreach (var name in new[] { "001_a.sql", "001_a.down.sql", "002_b.sql", "rollback/002_rollback.sql" })
            Write(
                name,
                await File.ReadAllTextAsync(Path.Combine(Repository.PathOf("tests"), "Migrations.Databases.Tests/Library/Embedded", name))
            );
        Assert.Equal("001_a Applied, 002_b Applied", await StatesAsync());
        Assert.Empty(await ApplyAsync());
    }

    [Fact]
    public async Task Their_hooks_run_with_them()
    {
        var applied = await Of(Prefix + "Hooked").ApplyAsync();
        Assert.Equal(["hooks/after-each.sql"], applied.Single().Hooks);
        Assert.Equal("001_a", await Database.ScalarAsync("SELECT migration FROM a"));
    }

    [Fact]
    public async Task They_are_rehearsed_and_checked()
    {
        Kind.RequireCopies();
        var source = Source(Prefix + "Embedded");
        var report = await new Rehearsal(Kind.Driver, Target(), source, EngineOptions()).RunAsync();
        Assert.Equal(["001_a", "002_b"], report.Results.Select(r => r.Name));
        Assert.All(report.Results, r => Assert.True(r.UndoProven));
        Assert.Null(report.NotKept);
        await Of(Prefix + "Embedded").ApplyAsync();
        var checks = await new IntegrityChecker(Kind.Driver, Target(), source, EngineOptions()).CheckAsync(
            new CheckRequest { Categories = [CheckCategory.Folder, CheckCategory.History, CheckCategory.Drift] }
        );
        Assert.All(checks, c => Assert.NotEqual(CheckStatus.Fail, c.Status));
    }

    [Fact]
    public async Task A_failure_names_the_script_and_the_line()
    {
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => Of(Prefix + "Broken").ApplyAsync());
        Assert.Equal(2, error.Location!.Line);
        Assert.EndsWith("Broken/001_a.sql", error.Location.File, StringComparison.Ordinal);
        Assert.Equal("", await TablesAsync());
    }

    [Theory]
    [InlineData("Migrations.Databases.Tests.Library.Embed")]
    [InlineData("Nothing.Here")]
    public async Task A_prefix_without_scripts_is_an_error_that_lists_some(string prefix)
    {
        var error = await ThrowsAsync<MigrationException>(ErrorId.FolderMissing, () => Of(prefix).GetStatusAsync());
        Assert.Contains($"'{prefix}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Library.Broken.001_a.sql", error.NextStep.ToString(), StringComparison.Ordinal);
    }
}

public sealed class SqliteEmbeddedSourceTests() : EmbeddedSourceConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlEmbeddedSourceTests() : EmbeddedSourceConformance(DatabaseKind.PostgreSql);
