using Migrations.Adoption;
using Migrations.Planning;

namespace Migrations.Databases.Tests.Adoption;

/// <summary>The other tool's table says what the history says, after each step, because applications still read it.</summary>
public abstract class KeptInStepConformance(DatabaseKind kind) : AdoptionConformance(kind)
{
    [Theory]
    [InlineData("schema_version", TransactionMode.Each)]
    [InlineData("_migrations", TransactionMode.All)]
    [InlineData("d1", TransactionMode.Each)]
    [InlineData("schema_migrations", TransactionMode.None)]
    [InlineData("dbmate", TransactionMode.Each)]
    [InlineData("dbmate", TransactionMode.All)]
    [InlineData("dbmate", TransactionMode.None)]
    [InlineData("golang-migrate", TransactionMode.Each)]
    [InlineData("goose", TransactionMode.All)]
    public async Task Each_step_is_recorded_there_too_and_removed_again(string tool, TransactionMode mode)
    {
        await LoadAsync(tool);
        var adopted = await AdoptAsync(new AdoptionRequest { KeepInStep = true });
        Assert.True(adopted.IsKeptInStep);
        var before = await CountAsync(tool, adopted.Table);

        await ApplyAsync(new ApplyRequest { TransactionMode = mode });

        Assert.NotEqual(before, await CountAsync(tool, adopted.Table));
        Assert.Equal(MigrationState.Applied, (await Engine().GetStatusAsync())[2].State);
        await UndoAsync();
        Assert.Equal(before, await CountAsync(tool, adopted.Table));
        Events = new();
        await Engine().GetStatusAsync();
        Assert.Empty(Warnings);
        await ApplyAsync();
        // Nothing need be written back.
        await Importer().UndoAsync(writeBack: false, TestContext.Current.CancellationToken);
        Assert.Equal(3, (await AdoptAsync()).Migrations.Count);
    }

    [Fact]
    public async Task A_step_that_cannot_be_recorded_there_is_rolled_back()
    {
        await LoadAsync("dbmate");
        await AdoptAsync(new AdoptionRequest { KeepInStep = true });
        await Database.ExecuteAsync("ALTER TABLE schema_migrations RENAME COLUMN version TO number");

        var error = await ThrowsAsync<MigrationException>(ErrorId.HistoryTableConflict, () => ApplyAsync());

        Assert.Contains("20240115103024_tracks could not be recorded", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("tracks", await TablesAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_of_scripts_are_counted_without_those_of_the_other_table()
    {
        await LoadAsync("dbmate");
        Write("20240115103025_rows.sql", "-- migrate:up\nINSERT INTO artists VALUES (3, 'Josquin');\n-- migrate:down\nSELECT 1;\n");
        await AdoptAsync(new AdoptionRequest { KeepInStep = true });
        Assert.Equal(1, (await ApplyAsync())[^1].RowsAffected);
    }

    [Fact]
    public async Task That_it_is_out_of_step_is_a_warning()
    {
        await LoadAsync("dbmate");
        await AdoptAsync(new AdoptionRequest { KeepInStep = true });
        await ApplyAsync();
        await Database.ExecuteAsync("DELETE FROM schema_migrations WHERE version = '20240115103024'");
        await Engine().GetStatusAsync();
        Assert.Contains("it lacks 20240115103024_tracks", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    // A version that was taken back may stay there, marked so; golang-migrate has one row, whatever it says.
    private async Task<string?> CountAsync(string tool, string table) =>
        await Database.ScalarAsync(
            tool switch
            {
                "schema_migrations" => $"SELECT count(*) FROM {table} WHERE status = 'applied'",
                "golang-migrate" => $"SELECT version FROM {table}",
                _ => $"SELECT count(*) FROM {table}",
            }
        );
}

public sealed class SqliteKeptInStepTests() : KeptInStepConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlKeptInStepTests() : KeptInStepConformance(DatabaseKind.PostgreSql);
