using Migrations.Folders;
using Migrations.Integrity;
using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>A script that says itself that there is no way back: nothing reminds of a down script, and no undo is tried.</summary>
public abstract class IrreversibleConformance(DatabaseKind kind) : Conformance(kind)
{
    private const string Up = "-- Irreversible: yes\nCREATE TABLE b (id integer);\n";

    [Fact]
    public async Task Status_checks_and_rehearsal_understand_it()
    {
        Migration("001_a", "CREATE TABLE a (id integer);\n", "DROP TABLE a;\n");
        Migration("002_b", Up);
        Assert.DoesNotContain(MigrationFolderReader.Read(Folder, new FolderOptions(), default).Warnings, w => w.Id == ErrorId.UndoMissing);
        var rehearsed = (await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync(new RehearsalRequest())).Results;
        Assert.All(rehearsed, r => Assert.True(r.IsGood));
        await ApplyAsync();
        var status = await StatusOfAsync("002_b");
        Assert.Equal((false, true), (status.HasUndo, status.IsIrreversible));
        Assert.False((await StatusOfAsync("001_a")).IsIrreversible);
        var missing = (await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.History] })).Single(c =>
            c.Name == "undo-missing"
        );
        Assert.Equal(CheckStatus.Pass, missing.Status);
        Assert.Contains("irreversible", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_is_refused_with_the_way_out()
    {
        Migration("001_a", "CREATE TABLE a (id integer);\n", "DROP TABLE a;\n");
        Migration("002_b", Up);
        await ApplyAsync();
        var error = await ThrowsAsync<PlanException>(ErrorId.UndoMissing, () => UndoAsync(new UndoRequest { All = true }));
        Assert.Contains("Irreversible: yes", error.Message, StringComparison.Ordinal);
        Assert.Contains("--to 002_b", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Equal("a, b", await TablesAsync());
    }

    [Fact]
    public async Task A_down_script_beside_it_contradicts()
    {
        Migration("001_a", Up, "DROP TABLE b;\n");
        var error = await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => ApplyAsync());
        Assert.Contains("Irreversible: yes", error.Message, StringComparison.Ordinal);
        Assert.Equal("", await TablesAsync());
        Migration("001_a", Up, "-- nothing brings it back\n");
        await ApplyAsync();
    }
}

/// <inheritdoc/>
public sealed class SqliteIrreversibleTests() : IrreversibleConformance(DatabaseKind.Sqlite);

/// <inheritdoc/>
public sealed class PostgreSqlIrreversibleTests() : IrreversibleConformance(DatabaseKind.PostgreSql);
