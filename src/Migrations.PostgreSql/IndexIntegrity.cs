using Migrations.Integrity;
using Npgsql;
using static Migrations.PostgreSql.CatalogueScope;

namespace Migrations.PostgreSql;

/// <summary>Looks into B-tree indexes, and into tables where the server can, with <see href="https://www.postgresql.org/docs/current/amcheck.html">amcheck</see>.</summary>
/// <param name="session">The session.</param>
internal sealed class IndexIntegrity(PostgreSqlSession session)
{
    /// <summary>Looks.</summary>
    public async Task<Finding> FindAsync(bool thorough, CancellationToken cancellationToken)
    {
        string? schema = null;
        await session.QueryAsync("SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'amcheck'", row => schema = row.GetString(0), cancellationToken).ConfigureAwait(false);
        if (schema is null)
            return Finding.NotRun("The extension amcheck, which looks into indexes, is not installed in this database.", "As a superuser: CREATE EXTENSION amcheck;");
        if (!thorough)
            return Finding.NotRun("Looking into indexes reads all of them, and is done only by a thorough check.");
        var (looked, found) = (0, new List<string>());
        foreach (var (query, name) in await QuestionsAsync(schema, cancellationToken).ConfigureAwait(false))
        {
            looked++;
            // A savepoint, because the answer "damaged" is an error.
            await session.ExecuteAsync("SAVEPOINT migrations_index", cancellationToken).ConfigureAwait(false);
            try
            {
                await session.QueryAsync(query, row => AddDamage(row, name, found), cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException e) when (e.SqlState is "XX001" or "XX002")
            {
                found.Add($"{name}: {e.MessageText}");
                await session.ExecuteAsync("ROLLBACK TO SAVEPOINT migrations_index", cancellationToken).ConfigureAwait(false);
            }
        }

        return found.Count == 0
            ? Finding.Pass($"amcheck found no damage in {looked} indexes and tables.")
            : new Finding(CheckStatus.Fail, $"amcheck found damage in {found.Count} of {looked} indexes and tables.", found, "REINDEX damaged indexes; for a damaged table, restore the newest proven backup.", "no damage");
    }

    private static void AddDamage(NpgsqlDataReader row, string name, List<string> found)
    {
        if (row.FieldCount == 1 && !row.IsDBNull(0) && row.GetFieldType(0) == typeof(string) && row.GetString(0) is { Length: > 0 } words)
            found.Add($"{name}: {words}");
    }

    private async Task<List<(string Query, string Name)>> QuestionsAsync(string schema, CancellationToken cancellationToken)
    {
        var questions = new List<(string, string)>();
        await session.QueryAsync(
            $"""
            SELECT c.oid::text, {Qualified("n", "c.relname")} FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                JOIN pg_am a ON a.oid = c.relam
            WHERE a.amname = 'btree' AND c.relkind = 'i' AND i.indisvalid AND i.indisready AND {IsUsers("n")} AND c.relpersistence = 'p' ORDER BY 2
            """,
            row => questions.Add(($"SELECT {schema}.bt_index_check({row.GetString(0)}::regclass, true)::text", row.GetString(1))),
            cancellationToken).ConfigureAwait(false);
        if (session.Connection.PostgreSqlVersion.Major < 14)
            return questions;
        await session.QueryAsync(
            $"SELECT c.oid::text, {Qualified("n", "c.relname")} FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'heap' AND c.relkind IN ('r', 'm') AND {IsUsers("n")} AND c.relpersistence = 'p' ORDER BY 2",
            row => questions.Add(($"SELECT 'block ' || v.blkno || ': ' || v.msg FROM {schema}.verify_heapam({row.GetString(0)}::regclass) v LIMIT 3", row.GetString(1))),
            cancellationToken).ConfigureAwait(false);
        return questions;
    }
}
