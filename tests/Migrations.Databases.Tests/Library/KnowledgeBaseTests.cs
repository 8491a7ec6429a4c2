using KnowledgeBaseSample;

namespace Migrations.Databases.Tests.Library;

/// <summary>The sample of an application whose migrations are functions, called at its start any number of times.</summary>
public abstract class KnowledgeBaseConformance(DatabaseKind kind) : Conformance(kind)
{
    [Fact]
    public async Task It_starts_any_number_of_times_shows_its_state_and_rolls_back_in_order()
    {
        // Four instances at once.
        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => new KnowledgeBase(Database.Address).InitializeDatabaseAsync()));
        Assert.Equal(["001_initial_schema", "002_add_indexes", "003_split_authors"], applied.SelectMany(a => a).Order());
        var application = new KnowledgeBase(Database.Address);
        for (var start = 0; start < 10; start++)
            Assert.Empty(await application.InitializeDatabaseAsync());
        Assert.All(await application.GetStatusAsync(), s => Assert.Equal((MigrationState.Applied, true), (s.State, s.HasUndo)));
        Assert.Equal(3, (await application.GetProfileAsync()).Count);

        await application.RollbackAsync("003_split_authors");
        await Database.ExecuteAsync(
            "INSERT INTO nodes (id, title, author) VALUES ('a', 'A', 'Ada King Lovelace'), ('b', 'B', 'Voltaire'), ('c', 'C', NULL)"
        );
        const string Authors = "SELECT id, author FROM nodes ORDER BY id";
        var before = await Database.RowsAsync(Authors);
        Assert.Equal(["003_split_authors"], await application.InitializeDatabaseAsync());
        Assert.Equal("Ada King|Lovelace", (await Database.RowsAsync("SELECT author, author_last FROM nodes WHERE id = 'a'")).Single());
        var refused = await ThrowsAsync<MigrationException>(ErrorId.UndoOutOfOrder, () => application.RollbackAsync("002_add_indexes"));
        Assert.Contains("003_split_authors", refused.Message, StringComparison.Ordinal);
        await application.RollbackAsync("003_split_authors");
        Assert.Equal(before, await Database.RowsAsync(Authors));
    }
}

public sealed class SqliteKnowledgeBaseTests() : KnowledgeBaseConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlKnowledgeBaseTests() : KnowledgeBaseConformance(DatabaseKind.PostgreSql);
