using System.Diagnostics;
using System.Globalization;
using Migrations.Integrity;
using Npgsql;
using static Migrations.PostgreSql.CatalogueScope;

namespace Migrations.PostgreSql;

/// <summary>Asks the server whether a database is sound. Each question is a read-only transaction of its own; one that is refused is NotRun.</summary>
/// <param name="session">The session.</param>
internal sealed class PostgreSqlEngineChecks(PostgreSqlSession session)
{
    private const int MostShown = 20;

    /// <summary>Asks them all.</summary>
    public async Task<IReadOnlyList<CheckResult>> RunAsync(bool thorough, CancellationToken cancellationToken) =>
    [
        await AskAsync("index-integrity", token => new IndexIntegrity(session).FindAsync(thorough, token), cancellationToken).ConfigureAwait(false),
        await AskAsync("invalid-indexes", FindInvalidIndexesAsync, cancellationToken).ConfigureAwait(false),
        await AskAsync("unvalidated-constraints", FindUnvalidatedAsync, cancellationToken).ConfigureAwait(false),
        await AskAsync("foreign-keys", FindUnenforcedAsync, cancellationToken).ConfigureAwait(false),
        await AskAsync("checksums", FindChecksumFailuresAsync, cancellationToken).ConfigureAwait(false),
        await AskAsync("sequences", token => new SequenceCheck(session).FindAsync(thorough, token), cancellationToken).ConfigureAwait(false),
        await AskAsync("statistics", FindWithoutStatisticsAsync, cancellationToken).ConfigureAwait(false),
    ];

    private async Task<CheckResult> AskAsync(string name, Func<CancellationToken, Task<Finding>> ask, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var transaction = new ReadTransaction(session);
        await using var _ = transaction.ConfigureAwait(false);
        Finding found;
        try
        {
            await transaction.BeginAsync(cancellationToken).ConfigureAwait(false);
            found = await ask(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e) && !cancellationToken.IsCancellationRequested)
        {
            found = Finding.NotRun($"The server refused to answer: {e.MessageText} ({e.SqlState}).");
        }

        return new CheckResult
        {
            Name = name,
            Category = CheckCategory.Engine,
            Status = found.Status,
            Expected = found.Expected,
            Actual = found.Objects.Count == 0 ? null : string.Join("; ", found.Objects.Take(MostShown)) + (found.Objects.Count > MostShown ? string.Create(CultureInfo.InvariantCulture, $"; and {found.Objects.Count - MostShown} more") : ""),
            Message = found.Message,
            Recommendation = found.Recommendation,
            Target = found.Objects.Count == 1 ? found.Objects[0].Split(": ")[0] : null,
            Duration = clock.Elapsed,
        };
    }

    private async Task<Finding> FindInvalidIndexesAsync(CancellationToken cancellationToken)
    {
        var found = await ListAsync(
            $"""
            SELECT {Qualified("n", "c.relname")} || ': on ' || i.indrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE NOT (i.indisvalid AND i.indisready) AND {IsUsers("n")} ORDER BY 1
            """,
            cancellationToken).ConfigureAwait(false);
        return Finding.Of(found, CheckStatus.Fail, "Every index is valid.", "{0} not valid, so no query uses it, and a unique one may not be enforced.", "REINDEX INDEX CONCURRENTLY it, or drop it and build it again.", "index is", "indexes are");
    }

    private async Task<Finding> FindUnvalidatedAsync(CancellationToken cancellationToken)
    {
        var found = await ListAsync(
            $"""
            SELECT {Qualified("n", "c.relname")} || '.' || quote_ident(k.conname) || ': ' || pg_get_constraintdef(k.oid) FROM pg_constraint k
                JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE NOT k.convalidated {(session.Connection.PostgreSqlVersion.Major >= 18 ? "AND k.conenforced" : "")} AND {IsUsers("n")} ORDER BY 1
            """,
            cancellationToken).ConfigureAwait(false);
        return Finding.Of(found, CheckStatus.Fail, "Every constraint was validated.", "{0} NOT VALID: rows that were there before may violate it.", "ALTER TABLE ... VALIDATE CONSTRAINT ...;", "constraint is", "constraints are");
    }

    private async Task<Finding> FindUnenforcedAsync(CancellationToken cancellationToken)
    {
        var found = await ListAsync(
            $"""
            SELECT DISTINCT {Qualified("n", "c.relname")} || '.' || quote_ident(k.conname) || ': its trigger is disabled' FROM pg_trigger t
                JOIN pg_constraint k ON k.oid = t.tgconstraint
            JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE t.tgisinternal AND t.tgenabled NOT IN ('O', 'A') AND {IsUsers("n")}
            UNION ALL SELECT 'session_replication_role: it is ' || current_setting('session_replication_role')
                WHERE current_setting('session_replication_role') = 'replica' ORDER BY 1
            """,
            cancellationToken).ConfigureAwait(false);
        return Finding.Of(found, CheckStatus.Fail, "Every foreign key is enforced.", "{0} not enforced.", "ALTER TABLE ... ENABLE TRIGGER ALL; then look for the rows that came in meanwhile: drop the constraint and add it again.", "foreign key is", "foreign keys are");
    }

    private async Task<Finding> FindChecksumFailuresAsync(CancellationToken cancellationToken)
    {
        long? failures = null;
        await session.QueryAsync(
            "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database() AND current_setting('data_checksums') = 'on'",
            row => failures = row.IsDBNull(0) ? 0 : row.GetInt64(0),
            cancellationToken).ConfigureAwait(false);
        return failures switch
        {
            null => Finding.NotRun("The server was made without checksums of its pages, so damage on the disk goes unseen.", "Stop the server and run 'pg_checksums --enable'."),
            0 => Finding.Pass("No page was read whose checksum was wrong."),
            var count => new Finding(CheckStatus.Fail, string.Create(CultureInfo.InvariantCulture, $"{count} pages were read whose checksum was wrong: the disk or the memory is damaged."), ["checksum failures: " + count.Value.ToString(CultureInfo.InvariantCulture)], "Take a backup now, check the hardware, and restore the newest proven backup on a sound server.", "0 failures"),
        };
    }

    private async Task<Finding> FindWithoutStatisticsAsync(CancellationToken cancellationToken)
    {
        // Since version 14 a table that was never looked at says -1; before, the statistics collector is asked, which a crash empties.
        var never = session.Connection.PostgreSqlVersion.Major >= 14 ? "c.reltuples < 0" : "s.last_analyze IS NULL AND s.last_autoanalyze IS NULL AND c.reltuples = 0";
        var found = await ListAsync(
            $"""
            SELECT {Qualified("n", "c.relname")} FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
            WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND {IsUsers("n")} AND {never} AND pg_relation_size(c.oid) > 0 ORDER BY 1
            """,
            cancellationToken).ConfigureAwait(false);
        return Finding.Of(found, CheckStatus.Warn, "Every table with rows has statistics.", "{0} rows and no statistics, so queries on it are planned blindly.", "ANALYZE;", "table has", "tables have");
    }

    private async Task<List<string>> ListAsync(string query, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        await session.QueryAsync(query, row => found.Add(row.GetString(0)), cancellationToken).ConfigureAwait(false);
        return found;
    }
}
