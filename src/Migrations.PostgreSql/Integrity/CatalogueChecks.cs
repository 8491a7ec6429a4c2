using System.Globalization;
using static Migrations.PostgreSql.CatalogueScope;

namespace Migrations.PostgreSql;

/// <summary>What the server's catalogue and its statistics say of the soundness of a database.</summary>
/// <param name="connection">The connection.</param>
internal sealed class CatalogueChecks(PostgreSqlConnection connection)
{
    /// <summary>Indexes that no query uses.</summary>
    public async Task<IntegrityFinding> FindInvalidIndexesAsync(CancellationToken cancellationToken)
    {
        var found = await ListAsync(
                $"""
                SELECT {Qualified("n", "c.relname")} || ': not valid, on ' || i.indrelid::regclass::text || CASE c.relkind
                    WHEN 'i' THEN ' (a backup leaves it out)' ELSE '' END, CASE c.relkind
                    WHEN 'I' THEN format('Build one like it on each partition, then: ALTER INDEX %I.%I ATTACH PARTITION ...;',
                        n.nspname, c.relname)
                    ELSE format('REINDEX INDEX CONCURRENTLY %I.%I; or drop it and build it again.', n.nspname, c.relname) END
                    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                    JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE NOT (i.indisvalid AND i.indisready) AND {IsUsers("n")} ORDER BY 1
                """,
                cancellationToken
            )
            .ConfigureAwait(false);
        return IntegrityFinding.Of(
            found,
            CheckStatus.Fail,
            "Every index is valid.",
            "{0} not valid, so no query uses it, and a unique one may not be enforced.",
            "index is",
            "indexes are"
        );
    }

    /// <summary>Constraints that were added without a look at the rows.</summary>
    public async Task<IntegrityFinding> FindUnvalidatedAsync(CancellationToken cancellationToken)
    {
        var found = await ListAsync(
                $"""
                SELECT {Qualified("n", "c.relname")} || '.' || quote_ident(k.conname) || ': not validated: ' || pg_get_constraintdef(k.oid),
                    format('Correct the rows that violate it, then: ALTER TABLE %I.%I VALIDATE CONSTRAINT %I;',
                        n.nspname, c.relname, k.conname)
                    FROM pg_constraint k
                    JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE NOT k.convalidated {(connection.ServerVersion >= 18 ? "AND k.conenforced" : "")} AND {IsUsers("n")} ORDER BY 1
                """,
                cancellationToken
            )
            .ConfigureAwait(false);
        return IntegrityFinding.Of(
            found,
            CheckStatus.Fail,
            "Every constraint was validated.",
            "{0} NOT VALID: rows that were there before may violate it.",
            "constraint is",
            "constraints are"
        );
    }

    /// <summary>Foreign keys whose triggers do not run.</summary>
    public async Task<IntegrityFinding> FindUnenforcedAsync(CancellationToken cancellationToken)
    {
        var found = await ListAsync(
                $"""
                SELECT {Qualified("n", "c.relname")} || '.' || quote_ident(k.conname) || ': its trigger is disabled',
                    string_agg(DISTINCT format('ALTER TABLE %s ENABLE TRIGGER ALL;', t.tgrelid::regclass), ' ') || format(
                    ' Then drop the constraint %I and add it again, which looks for the rows that came in meanwhile.', k.conname)
                    FROM pg_trigger t
                    JOIN pg_constraint k ON k.oid = t.tgconstraint
                JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE t.tgisinternal
                    AND t.tgenabled NOT IN ('O', 'A') AND {IsUsers("n")} GROUP BY n.nspname, c.relname, k.conname
                UNION ALL SELECT 'session_replication_role: it is ' || current_setting('session_replication_role'),
                    'Find out who sets it, for this role or database: SELECT * FROM pg_db_role_setting; and reset it there.'
                    WHERE current_setting('session_replication_role') = 'replica' ORDER BY 1
                """,
                cancellationToken
            )
            .ConfigureAwait(false);
        return IntegrityFinding.Of(
            found,
            CheckStatus.Fail,
            "Every foreign key is enforced.",
            "{0} not enforced.",
            "foreign key is",
            "foreign keys are"
        );
    }

    /// <summary>Pages that were damaged when they were read.</summary>
    public async Task<IntegrityFinding> FindChecksumFailuresAsync(CancellationToken cancellationToken)
    {
        long? failures = null;
        await connection
            .QueryAsync(
                "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database() AND "
                    + "current_setting('data_checksums') = 'on'",
                row => failures = row.IsDBNull(0) ? 0 : row.GetInt64(0),
                cancellationToken
            )
            .ConfigureAwait(false);
        return failures switch
        {
            null => IntegrityFinding.NotRun(
                "The server was made without checksums of its pages, so damage on the disk goes unseen.",
                "Stop the server and run 'pg_checksums --enable'."
            ),
            0 => IntegrityFinding.Pass("No page was read whose checksum was wrong."),
            var count => new IntegrityFinding(
                CheckStatus.Fail,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{count} pages were read whose checksum was wrong: the disk or the memory is damaged; the server's log names files."
                ),
                [string.Create(CultureInfo.InvariantCulture, $"{connection.Target.Database}: {count} failures")],
                "Take a backup now, check the hardware, and restore the newest proven backup on a sound server.",
                "0 failures"
            ),
        };
    }

    /// <summary>Tables that were never analyzed.</summary>
    public async Task<IntegrityFinding> FindWithoutStatisticsAsync(CancellationToken cancellationToken)
    {
        // Since version 14 a table that was never looked at says -1; before, the statistics collector is asked, which a crash empties.
        var never =
            connection.ServerVersion >= 14
                ? "c.reltuples < 0"
                : "s.last_analyze IS NULL AND s.last_autoanalyze IS NULL AND c.reltuples = 0";
        var found = await ListAsync(
                $"""
                SELECT {Qualified("n", "c.relname")}, format('ANALYZE %I.%I;', n.nspname, c.relname)
                    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
                WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND {IsUsers("n")} AND {never}
                    AND pg_relation_size(c.oid) > 0 ORDER BY 1
                """,
                cancellationToken
            )
            .ConfigureAwait(false);
        return IntegrityFinding.Of(
            found,
            CheckStatus.Warn,
            "Every table with rows has statistics.",
            "{0} rows and no statistics, so queries on it are planned blindly.",
            "table has",
            "tables have"
        );
    }

    private async Task<List<(string Object, string Way)>> ListAsync(string query, CancellationToken cancellationToken)
    {
        var found = new List<(string Object, string Way)>();
        await connection.QueryAsync(query, row => found.Add((row.GetString(0), row.GetString(1))), cancellationToken).ConfigureAwait(false);
        return found;
    }
}
