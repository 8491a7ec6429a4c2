using Npgsql;
using static Migrations.PostgreSql.CatalogueScope;

namespace Migrations.PostgreSql;

/// <summary>
/// Looks into B-tree indexes, and into tables where the server can, with <see
/// href="https://www.postgresql.org/docs/current/amcheck.html">amcheck</see>.
/// </summary>
/// <param name="connection">The connection.</param>
internal sealed class IndexIntegrity(PostgreSqlConnection connection)
{
    private const string Damage = "SELECT current_setting('migrations.damage') WHERE current_setting('migrations.damage') <> ''";

    /// <summary>Looks.</summary>
    public async Task<IntegrityFinding> FindAsync(bool thorough, CancellationToken cancellationToken)
    {
        string? schema = null;
        await connection
            .QueryAsync(
                "SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname "
                    + "= 'amcheck'",
                row => schema = row.GetString(0),
                cancellationToken
            )
            .ConfigureAwait(false);
        if (schema is null)
            return IntegrityFinding.NotRun(
                "The extension amcheck, which looks into indexes, is not installed in this database.",
                "As a superuser: CREATE EXTENSION amcheck;"
            );
        if (!thorough)
            return IntegrityFinding.NotRun(
                "Looking into indexes reads all of them, and is done only by a thorough check.",
                IntegrityFinding.Thorough
            );
        var (looked, found) = (0, new List<string>());
        foreach (var (setup, query, name) in await QuestionsAsync(schema, cancellationToken).ConfigureAwait(false))
        {
            looked++;
            try
            {
                if (setup is not null)
                    await connection.ExecuteAsync(setup, cancellationToken).ConfigureAwait(false);
                await connection
                    .QueryAsync(query, row => found.Add($"{name}: {row.GetString(0)}"), cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e) && !cancellationToken.IsCancellationRequested)
            {
                return Refused(name, e);
            }
        }

        return found.Count == 0
            ? IntegrityFinding.Pass($"amcheck found no damage in {looked} indexes and tables.")
            : new IntegrityFinding(
                CheckStatus.Fail,
                $"amcheck found damage in {found.Count} of {looked} indexes and tables.",
                found,
                "For a damaged index: REINDEX INDEX CONCURRENTLY <its name>; for a damaged table, restore the newest proven backup.",
                "no damage"
            );
    }

    private static IntegrityFinding Refused(string name, PostgresException e) =>
        new(
            CheckStatus.NotRun,
            $"The server refused to look into {name}: {e.MessageText} ({e.SqlState}). Nothing behind it was looked at.",
            [name],
            e.SqlState is PostgresErrorCodes.InsufficientPrivilege
                ? "Check as a superuser, or have one grant EXECUTE on the functions of amcheck to this role."
                : "Correct what the error names, for example an expression of the index that fails, and check again."
        );

    // The index's own expressions run under the search_path in force. Damage is an error, and one at which Npgsql closes the connection: so
    // it is caught on the server.
    private static string Guarded(string check) =>
        $"""
            DO $check$ BEGIN
                PERFORM pg_catalog.set_config('migrations.damage', '', true);
                PERFORM {check};
            EXCEPTION WHEN index_corrupted OR data_corrupted THEN
                PERFORM pg_catalog.set_config('migrations.damage', SQLERRM, true);
            END $check$
            """;

    private async Task<List<(string? Setup, string Query, string Name)>> QuestionsAsync(string schema, CancellationToken cancellationToken)
    {
        var questions = new List<(string?, string, string)>();
        await connection
            .QueryAsync(
                $"""
                SELECT c.oid::text, {Qualified("n", "c.relname")} FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                    JOIN pg_namespace n ON n.oid = c.relnamespace
                    JOIN pg_am a ON a.oid = c.relam
                WHERE a.amname = 'btree' AND c.relkind = 'i' AND i.indisvalid AND i.indisready AND {IsUsers("n")}
                    AND c.relpersistence = 'p' ORDER BY 2
                """,
                row =>
                    questions.Add(
                        (
                            Guarded($"{schema}.bt_index_check({row.GetString(0)}::pg_catalog.oid::pg_catalog.regclass, true)"),
                            Damage,
                            row.GetString(1)
                        )
                    ),
                cancellationToken
            )
            .ConfigureAwait(false);
        if (connection.ServerVersion < 14)
            return questions;
        await connection
            .QueryAsync(
                $"SELECT c.oid::text, {Qualified("n", "c.relname")} FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                    + $"JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'heap' AND c.relkind IN ('r', 'm') AND {IsUsers("n")} AND "
                    + "c.relpersistence = 'p' ORDER BY 2",
                row =>
                    questions.Add(
                        (
                            null,
                            "SELECT 'block ' || v.blkno || ': ' || v.msg FROM "
                                + $"{schema}.verify_heapam({row.GetString(0)}::oid::regclass, false, false, 'none'::text, NULL::bigint, "
                                + "NULL::bigint) v LIMIT 3",
                            row.GetString(1)
                        )
                    ),
                cancellationToken
            )
            .ConfigureAwait(false);
        return questions;
    }
}
