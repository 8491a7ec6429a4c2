using Migrations;

namespace KnowledgeBaseSample;

/// <summary>The migrations of the application. A new one is added at the end.</summary>
internal static class KnowledgeBaseMigrations
{
    public static MigrationSource Source { get; } = MigrationSource.Of(InitialSchema, AddIndexes, SplitAuthors);

    private static CodeMigration InitialSchema =>
        new(
            "001",
            "initial_schema",
            up: c =>
                c.ExecuteAsync(
                    """
                    CREATE TABLE nodes (id TEXT PRIMARY KEY, title TEXT NOT NULL, author TEXT, date_added TEXT NOT NULL DEFAULT '');
                    CREATE TABLE key_concepts (node_id TEXT NOT NULL REFERENCES nodes(id), concept TEXT NOT NULL)
                    """
                ),
            down: c => c.ExecuteAsync("DROP TABLE key_concepts; DROP TABLE nodes")
        )
        {
            Checksum = "1",
        };

    private static CodeMigration AddIndexes =>
        new(
            "002",
            "add_indexes",
            up: c => c.ExecuteAsync("CREATE INDEX idx_nodes_date_added ON nodes(date_added)"),
            down: c => c.ExecuteAsync("DROP INDEX idx_nodes_date_added")
        )
        {
            Checksum = "1",
            DependsOn = ["001_initial_schema"],
        };

    /// <summary>A data transformation that can be taken back: no name is lost, whatever its form.</summary>
    private static CodeMigration SplitAuthors =>
        new("003", "split_authors", SplitAsync, JoinAsync)
        {
            Checksum = "1",
            Description = "Authors by first and last name",
            DependsOn = ["001_initial_schema"],
        };

    private static async Task SplitAsync(CodeContext c)
    {
        await c.ExecuteAsync("ALTER TABLE nodes ADD COLUMN author_last TEXT");
        var authors = new List<(string Id, string Name)>();
        await using (var read = c.CreateCommand("SELECT id, author FROM nodes WHERE author LIKE '% %'"))
        await using (var rows = await read.ExecuteReaderAsync(c.CancellationToken))
        {
            while (await rows.ReadAsync(c.CancellationToken))
                authors.Add((rows.GetString(0), rows.GetString(1)));
        }

        foreach (var (id, name) in authors)
        {
            var space = name.LastIndexOf(' ');
            await using var write = c.CreateCommand("UPDATE nodes SET author = @first, author_last = @last WHERE id = @id");
            foreach (var (key, value) in new[] { ("@first", name[..space]), ("@last", name[(space + 1)..]), ("@id", id) })
            {
                var parameter = write.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (key, value);
                write.Parameters.Add(parameter);
            }

            await write.ExecuteNonQueryAsync(c.CancellationToken);
        }
    }

    private static async Task JoinAsync(CodeContext c)
    {
        await c.ExecuteAsync("UPDATE nodes SET author = author || ' ' || author_last WHERE author_last IS NOT NULL");
        await c.ExecuteAsync("ALTER TABLE nodes DROP COLUMN author_last");
    }
}
