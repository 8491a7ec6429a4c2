using System.Diagnostics;
using System.Globalization;
using Npgsql;
using static Migrations.PostgreSql.CatalogueScope;

namespace Migrations.PostgreSql;

/// <summary>
/// Asks the server whether a database is sound. Each question is a read-only transaction of its own; one that is refused is NotRun.
/// </summary>
/// <param name="connection">The connection.</param>
internal sealed class PostgreSqlEngineChecks(PostgreSqlConnection connection)
{
    private const int MostShown = 20;
    private const int MostNamed = 3;
    private const string InvalidIndexes = "invalid-indexes";
    private const string NotValid = " NOT VALID";
    private const string UnvalidatedConstraints = "unvalidated-constraints";
    private const string ForeignKeys = "foreign-keys";
    private const string Sequences = "sequences";

    /// <summary>Asks them all.</summary>
    public async Task<IReadOnlyList<CheckResult>> RunAsync(bool thorough, CancellationToken cancellationToken) =>
        [
            await AskAsync("index-integrity", token => new IndexIntegrity(connection).FindAsync(thorough, token), cancellationToken)
                .ConfigureAwait(false),
            await AskAsync(InvalidIndexes, FindInvalidIndexesAsync, cancellationToken).ConfigureAwait(false),
            await AskAsync(UnvalidatedConstraints, FindUnvalidatedAsync, cancellationToken).ConfigureAwait(false),
            await AskAsync(ForeignKeys, FindUnenforcedAsync, cancellationToken).ConfigureAwait(false),
            await AskAsync("checksums", FindChecksumFailuresAsync, cancellationToken).ConfigureAwait(false),
            await AskAsync(Sequences, token => new SequenceCheck(connection).FindAsync(thorough, token), cancellationToken)
                .ConfigureAwait(false),
            await AskAsync("statistics", FindWithoutStatisticsAsync, cancellationToken).ConfigureAwait(false),
        ];

    /// <summary>
    /// What is wrong with what the database holds, and will be with a copy of it, asked in the transaction that is open. What the server
    /// refuses to answer is left out.
    /// </summary>
    public async Task<IReadOnlyList<DatabaseFault>> FindFaultsAsync(CancellationToken cancellationToken)
    {
        var faults = new List<DatabaseFault>();
        foreach (
            var (name, find) in (IEnumerable<(string, Func<CancellationToken, Task<IntegrityFinding>>)>)
                [
                    (InvalidIndexes, FindInvalidIndexesAsync),
                    (UnvalidatedConstraints, FindUnvalidatedAsync),
                    (ForeignKeys, FindUnenforcedAsync),
                    (Sequences, token => new SequenceCheck(connection).FindAsync(thorough: true, token)),
                ]
        )
        {
            await connection.ExecuteAsync("SAVEPOINT migrations_fault", cancellationToken).ConfigureAwait(false);
            try
            {
                faults.AddRange(Faults(name, await find(cancellationToken).ConfigureAwait(false)));
            }
            catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e) && !cancellationToken.IsCancellationRequested)
            {
                // The snapshot must live on.
                await connection.ExecuteAsync("ROLLBACK TO SAVEPOINT migrations_fault", cancellationToken).ConfigureAwait(false);
            }

            await connection.ExecuteAsync("RELEASE SAVEPOINT migrations_fault", cancellationToken).ConfigureAwait(false);
        }

        return faults;
    }

    /// <summary>Those of the answers that a faithful copy gives too; damage it has no right to have.</summary>
    private static IReadOnlyList<DatabaseFault> Faults(string name, IntegrityFinding found)
    {
        if (found.Status != CheckStatus.Fail || name is not (InvalidIndexes or UnvalidatedConstraints or ForeignKeys or Sequences))
            return [];
        return
        [
            .. found
                .Objects.Select(o => o.Split(": ", 2))
                .Select(o => new DatabaseFault(name, o[0], o.Length > 1 ? o[1] : found.Message.TrimEnd('.'))
                {
                    DefinitionEnd =
                        o is [_, var detail]
                        && detail.Contains("FOREIGN KEY", StringComparison.Ordinal)
                        && detail.EndsWith(NotValid, StringComparison.Ordinal)
                            ? NotValid
                            : null,
                }),
        ];
    }

    private async Task<CheckResult> AskAsync(
        string name,
        Func<CancellationToken, Task<IntegrityFinding>> ask,
        CancellationToken cancellationToken
    )
    {
        var clock = Stopwatch.StartNew();
        var transaction = new ReadTransaction(connection);
        await using var _ = transaction.ConfigureAwait(false);
        IntegrityFinding found;
        try
        {
            await transaction.BeginAsync(cancellationToken).ConfigureAwait(false);
            found = await ask(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e) && !cancellationToken.IsCancellationRequested)
        {
            found = IntegrityFinding.NotRun($"The server refused to answer: {e.MessageText} ({e.SqlState}).");
        }

        return new CheckResult
        {
            Name = name,
            Category = CheckCategory.Engine,
            Status = found.Status,
            Expected = found.Expected,
            Actual =
                found.Objects.Count == 0
                    ? null
                    : string.Join("; ", found.Objects.Take(MostShown))
                        + (
                            found.Objects.Count > MostShown
                                ? string.Create(CultureInfo.InvariantCulture, $"; and {found.Objects.Count - MostShown} more")
                                : ""
                        ),
            Message = Named(found),
            Recommendation = found.Recommendation,
            Faults = Faults(name, found),
            Target = found.Objects.Count == 1 ? found.Objects[0].Split(": ")[0] : null,
            Duration = clock.Elapsed,
        };
    }

    /// <summary>The sentence, with the names of what it is about.</summary>
    private static string Named(IntegrityFinding found)
    {
        if (found.Status is not (CheckStatus.Fail or CheckStatus.Warn) || found.Objects.Count == 0)
            return found.Message;
        var names = string.Join(", ", found.Objects.Take(MostNamed).Select(o => o.Split(": ")[0]));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{found.Message.TrimEnd('.')} ({names}{(found.Objects.Count > MostNamed ? $" and {found.Objects.Count - MostNamed} more" : "")})."
        );
    }

    private async Task<IntegrityFinding> FindInvalidIndexesAsync(CancellationToken cancellationToken)
    {
        var found = await ListAsync(
                $"""
                SELECT {Qualified(
                    "n",
                    "c.relname"
                )} || ': not valid, on ' || i.indrelid::regclass::text || CASE c.relkind WHEN 'i' THEN ' (a backup leaves it out)' ELSE '' END FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
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
            "REINDEX INDEX CONCURRENTLY it, or drop it and build it again.",
            "index is",
            "indexes are"
        );
    }

    private async Task<IntegrityFinding> FindUnvalidatedAsync(CancellationToken cancellationToken)
    {
        var found = await ListAsync(
                $"""
                SELECT {Qualified(
                    "n",
                    "c.relname"
                )} || '.' || quote_ident(k.conname) || ': not validated: ' || pg_get_constraintdef(k.oid) FROM pg_constraint k
                    JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE NOT k.convalidated {(connection.ServerVersion >= 18 ? "AND k.conenforced" : "")} AND {IsUsers(
                    "n"
                )} ORDER BY 1
                """,
                cancellationToken
            )
            .ConfigureAwait(false);
        return IntegrityFinding.Of(
            found,
            CheckStatus.Fail,
            "Every constraint was validated.",
            "{0} NOT VALID: rows that were there before may violate it.",
            "ALTER TABLE ... VALIDATE CONSTRAINT ...;",
            "constraint is",
            "constraints are"
        );
    }

    private async Task<IntegrityFinding> FindUnenforcedAsync(CancellationToken cancellationToken)
    {
        var found = await ListAsync(
                $"""
                SELECT DISTINCT {Qualified(
                    "n",
                    "c.relname"
                )} || '.' || quote_ident(k.conname) || ': its trigger is disabled' FROM pg_trigger t
                    JOIN pg_constraint k ON k.oid = t.tgconstraint
                JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE t.tgisinternal AND t.tgenabled NOT IN ('O', 'A') AND {IsUsers(
                    "n"
                )}
                UNION ALL SELECT 'session_replication_role: it is ' || current_setting('session_replication_role')
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
            "ALTER TABLE ... ENABLE TRIGGER ALL; then look for the rows that came in meanwhile: drop the constraint and add it again.",
            "foreign key is",
            "foreign keys are"
        );
    }

    private async Task<IntegrityFinding> FindChecksumFailuresAsync(CancellationToken cancellationToken)
    {
        long? failures = null;
        await connection
            .QueryAsync(
                "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database() AND current_setting('data_checksums') = 'on'",
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
                    $"{count} pages were read whose checksum was wrong: the disk or the memory is damaged."
                ),
                ["checksum failures: " + count.Value.ToString(CultureInfo.InvariantCulture)],
                "Take a backup now, check the hardware, and restore the newest proven backup on a sound server.",
                "0 failures"
            ),
        };
    }

    private async Task<IntegrityFinding> FindWithoutStatisticsAsync(CancellationToken cancellationToken)
    {
        // Since version 14 a table that was never looked at says -1; before, the statistics collector is asked, which a crash empties.
        var never =
            connection.ServerVersion >= 14
                ? "c.reltuples < 0"
                : "s.last_analyze IS NULL AND s.last_autoanalyze IS NULL AND c.reltuples = 0";
        var found = await ListAsync(
                $"""
                SELECT {Qualified(
                    "n",
                    "c.relname"
                )} FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
                WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND {IsUsers(
                    "n"
                )} AND {never} AND pg_relation_size(c.oid) > 0 ORDER BY 1
                """,
                cancellationToken
            )
            .ConfigureAwait(false);
        return IntegrityFinding.Of(
            found,
            CheckStatus.Warn,
            "Every table with rows has statistics.",
            "{0} rows and no statistics, so queries on it are planned blindly.",
            "ANALYZE;",
            "table has",
            "tables have"
        );
    }

    private async Task<List<string>> ListAsync(string query, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        await connection.QueryAsync(query, row => found.Add(row.GetString(0)), cancellationToken).ConfigureAwait(false);
        return found;
    }
}
