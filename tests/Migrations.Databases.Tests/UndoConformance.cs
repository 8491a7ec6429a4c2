using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>Undo is narrow, in reverse order, and never done by halves.</summary>
public abstract class UndoConformance(DatabaseKind kind) : Conformance(kind)
{
    [Fact]
    public async Task Undoes_the_last_the_last_n_down_to_one_or_all()
    {
        ThreeTables();
        Migration("004_d", "CREATE TABLE d (id integer);", "DROP TABLE d;");
        Migration("005_e", "CREATE TABLE e (id integer);", "DROP TABLE e;");
        await ApplyAsync();
        Assert.Equal("005_e", Names(await UndoAsync()));
        Assert.Equal("004_d, 003_c", Names(await UndoAsync(new UndoRequest { Last = 2 })));
        Assert.Equal("002_b", Names(await UndoAsync(new UndoRequest { To = "1" })));
        Assert.Equal("001_a", Names(await UndoAsync(new UndoRequest { To = "0" })));
        Assert.Empty(await UndoAsync());
        await ApplyAsync();
        Assert.Equal("005_e, 004_d, 003_c, 002_b, 001_a", Names(await UndoAsync(new UndoRequest { All = true })));
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task By_name_only_the_last_one_goes()
    {
        ThreeTables();
        await ApplyAsync();
        var error = await ThrowsAsync<PlanException>(ErrorId.UndoOutOfOrder, () => UndoAsync(new UndoRequest { Name = "001_a" }));
        Assert.Equal(["003_c", "002_b"], error.Migrations);
        Assert.Contains("003_c, 002_b", error.Message, StringComparison.Ordinal);
        Assert.Equal("a, b, c", await TablesAsync());
        Assert.Equal("003_c", Names(await UndoAsync(new UndoRequest { Name = "003" })));
        Assert.Equal("002_b", Names(await UndoAsync(new UndoRequest { Name = "1.1.0" })));
    }

    [Fact]
    public async Task What_is_not_applied_cannot_be_undone()
    {
        ThreeTables();
        await ApplyAsync(new ApplyRequest { First = 1 });
        await ThrowsAsync<PlanException>(ErrorId.MigrationNotApplied, () => UndoAsync(new UndoRequest { Name = "002_b" }));
        await ThrowsAsync<PlanException>(ErrorId.MigrationNotApplied, () => UndoAsync(new UndoRequest { To = "002_b" }));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("-- cannot be undone\n")]
    [InlineData("")]
    public async Task A_missing_or_empty_down_script_is_refused_before_anything_is_undone(string? down)
    {
        ThreeTables();
        File.Delete(FileOf("002_b.down.sql"));
        if (down is not null)
            Write("002_b.down.sql", down);
        await ApplyAsync();
        Assert.False((await StatusOfAsync("002_b")).HasUndo);
        var error = await ThrowsAsync<PlanException>(ErrorId.UndoMissing, () => UndoAsync(new UndoRequest { All = true }));
        Assert.Equal(["002_b"], error.Migrations);
        Assert.Equal(down is not null, error.Message.Contains("irreversible", StringComparison.Ordinal));
        Assert.Equal("a, b, c", await TablesAsync());
        Assert.Equal("003_c", Names(await UndoAsync(new UndoRequest { To = "002_b" })));
    }

    [Fact]
    public async Task An_undo_that_fails_half_way_keeps_what_it_did()
    {
        ThreeTables();
        await ApplyAsync();
        Write("002_b.down.sql", "DROP TABLE nowhere;");
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => UndoAsync(new UndoRequest { All = true }));
        Assert.Equal(["003_c"], error.Applied.Select(r => r.Name));
        Assert.Equal(["002_b", "001_a"], error.NotApplied);
        Assert.Equal("001_a Applied, 002_b Applied, 003_c RolledBack", await StatesAsync());
    }

    [Fact]
    public async Task An_edited_script_is_not_undone_unasked()
    {
        ThreeTables();
        await ApplyAsync();
        Write("003_c.up.sql", "CREATE TABLE renamed (id integer);");
        await ThrowsAsync<PlanException>(ErrorId.MigrationChanged, () => UndoAsync());
        Assert.Equal("003_c", Names(await UndoAsync(new UndoRequest { SkipChecksum = true })));
        Assert.NotNull((await Engine().GetHistoryAsync())[^1].ErrorMessage);
    }

    [Fact]
    public async Task A_missing_script_cannot_be_undone()
    {
        ThreeTables();
        await ApplyAsync();
        File.Delete(FileOf("003_c.up.sql"));
        File.Delete(FileOf("003_c.down.sql"));
        await ThrowsAsync<PlanException>(ErrorId.MigrationMissing, () => UndoAsync());
        await ThrowsAsync<PlanException>(ErrorId.MigrationMissing, () => UndoAsync(new UndoRequest { SkipChecksum = true }));
        Assert.Equal("a, b, c", await TablesAsync());
    }

    [Fact]
    public async Task The_plan_of_an_undo_is_the_reverse_and_touches_nothing()
    {
        ThreeTables();
        await ApplyAsync();
        var plan = await Engine().PlanUndoAsync(new UndoRequest { All = true });
        Assert.Equal(["003_c", "002_b", "001_a"], plan.Steps.Select(s => s.Migration.FullName));
        Assert.Equal("a, b, c", await TablesAsync());
        Assert.Equal("001_a applied, 002_b applied, 003_c applied", await JournalAsync());
    }
}

public sealed class SqliteUndoTests() : UndoConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlUndoTests() : UndoConformance(DatabaseKind.PostgreSql);
