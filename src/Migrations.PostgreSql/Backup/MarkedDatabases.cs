using Migrations.Databases;
using Migrations.Events;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// The databases that restores have kept: known by a mark in their comment, which goes with them wherever they go
/// (<see href="https://www.postgresql.org/docs/current/sql-comment.html"/>).
/// </summary>
/// <param name="sources">Where connections come from.</param>
internal sealed class MarkedDatabases(Lazy<PostgreSqlSources> sources) : IKeptDatabases
{
    // The server itself ends an autovacuum that is in the way.
    // A mark is the word of the database's owner. It counts where that is the owner of the replaced database, or one who may do anything.
    private static readonly string Query = $"""
        SELECT d.datname::text, pg_catalog.shobj_description(d.oid, 'pg_database'),
            CASE WHEN pg_catalog.has_database_privilege(d.oid, 'CONNECT') THEN pg_catalog.pg_database_size(d.oid) ELSE 0 END, CASE
            WHEN NOT (r.rolsuper OR COALESCE(d.datdba = t.datdba, d.datdba = m.oid))
                THEN pg_catalog.format('It belongs to the role %I, so that it is not certain that a restore has kept it.', r.rolname)
            WHEN NOT pg_catalog.pg_has_role(d.datdba, 'USAGE')
                THEN pg_catalog.format('It belongs to the role %I; only that role or a superuser may drop it.', r.rolname)
            WHEN d.datistemplate
                THEN pg_catalog.format('It is a template. To have it dropped: ALTER DATABASE %I IS_TEMPLATE false;', d.datname)
            ELSE COALESCE(
                (SELECT pg_catalog.format('It has the subscription %I.', s.subname)
                    FROM pg_catalog.pg_subscription s WHERE s.subdbid = d.oid ORDER BY s.subname LIMIT 1),
                (SELECT pg_catalog.format('It has the replication slot %L.', s.slot_name)
                    FROM pg_catalog.pg_replication_slots s WHERE s.database = d.datname ORDER BY s.slot_name LIMIT 1),
                (SELECT pg_catalog.format('It has the prepared transaction %L.', p.gid)
                    FROM pg_catalog.pg_prepared_xacts p WHERE p.database = d.datname ORDER BY p.prepared LIMIT 1),
                (SELECT pg_catalog.format('Backend %s of user %s%s is connected to it.', a.pid, a.usename,
                        NULLIF(pg_catalog.format(' (%s)', NULLIF(a.application_name, '')), ' ()'))
                    FROM pg_catalog.pg_stat_activity a
                    WHERE a.datid = d.oid AND a.backend_type IS DISTINCT FROM 'autovacuum worker' ORDER BY a.backend_start LIMIT 1))
            END
        FROM pg_catalog.pg_database d JOIN pg_catalog.pg_roles r ON r.oid = d.datdba JOIN pg_catalog.pg_roles m ON m.rolname = current_user
            LEFT JOIN pg_catalog.pg_database t ON t.datname = $1
        WHERE d.datname <> $1 AND pg_catalog.shobj_description(d.oid, 'pg_database') ~ '{KeptMark.Pattern}'
        """;

    /// <summary>Marks a database that has just been renamed. What keeps that from being done is a warning, and stops nothing.</summary>
    /// <param name="server">A session on another database, in a transaction.</param>
    /// <param name="mark">What is to be said.</param>
    public static async Task MarkAsync(PostgreSqlConnection server, KeptMark mark)
    {
        await server.ExecuteAsync("SAVEPOINT kept", CancellationToken.None).ConfigureAwait(false);
        try
        {
            var statement = "";
            await server
                .QueryAsync(
                    $"""
                    SELECT pg_catalog.format('COMMENT ON DATABASE %I IS %L', d.datname, pg_catalog.concat_ws(E'\n\n', NULLIF(
                        pg_catalog.regexp_replace(pg_catalog.shobj_description(d.oid, 'pg_database'), '{KeptMark.Pattern}', ''), ''),
                        $2::text)) FROM pg_catalog.pg_database d WHERE d.datname = $1
                    """,
                    row => statement = row.GetString(0),
                    CancellationToken.None,
                    mark.Name,
                    mark.ToString()
                )
                .ConfigureAwait(false);
            await server.ExecuteAsync(statement, CancellationToken.None).ConfigureAwait(false);
        }
        catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e))
        {
            await server.ExecuteAsync("ROLLBACK TO SAVEPOINT kept", CancellationToken.None).ConfigureAwait(false);
            server.Options.Events.Publish(
                new WarningRaised(
                    $"The comment of the kept database {mark.Name} could not be set, so that it is not listed "
                        + $"with the backups and stays until you drop it: {PostgreSqlErrors.Message(e)}"
                )
            );
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<KeptState>> ListAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(
            FindAsync(target, options, cancellationToken),
            $"Listing the databases that restores of {target.Display} have kept"
        );

    /// <inheritdoc/>
    public Task DropAsync(DatabaseTarget target, string name, SessionOptions options, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(RemoveAsync(target, name, options, cancellationToken), $"Dropping the kept database {name}");

    private async Task<IReadOnlyList<KeptState>> FindAsync(
        DatabaseTarget target,
        SessionOptions options,
        CancellationToken cancellationToken
    )
    {
        var connection = await OpenAsync(target, options, cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        return await ListAsync(connection, target, cancellationToken).ConfigureAwait(false);
    }

    // The server drops none that anyone is connected to, who may have come since it was looked at.
    private async Task<KeptState> RemoveAsync(
        DatabaseTarget target,
        string name,
        SessionOptions options,
        CancellationToken cancellationToken
    )
    {
        var connection = await OpenAsync(target, options, cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var all = await ListAsync(connection, target, cancellationToken).ConfigureAwait(false);
        var state =
            all.FirstOrDefault(s => string.Equals(s.Name, name, StringComparison.Ordinal))
            ?? throw new MigrationException(
                ErrorId.BackupMissing,
                $"'{name}' is no database that a restore of {target.Display} has kept.",
                $"List what there is: {Call.Backups.On("<folder>").With(CallOption.Database.Of(target.Display))}"
            );
        if (state.Problem is { } problem)
            throw NotDropped(name, problem);
        try
        {
            await connection.ExecuteAsync($"DROP DATABASE {PostgreSqlText.Name(name)}", cancellationToken).ConfigureAwait(false);
            return state;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.ObjectInUse)
        {
            throw NotDropped(name, PostgreSqlErrors.Message(e));
        }
    }

    private static MigrationException NotDropped(string name, string why) =>
        new(
            ErrorId.DatabaseInUse,
            $"The kept database {name} was not dropped. {why}",
            $"{DatabaseUser.EndSessions(name)} Then run the command again; or keep it."
        );

    private static async Task<List<KeptState>> ListAsync(
        PostgreSqlConnection session,
        DatabaseTarget target,
        CancellationToken cancellationToken
    )
    {
        var found = new List<KeptState>();
        await session.QueryAsync(Query, Take, cancellationToken, target.Database).ConfigureAwait(false);
        return found;

        void Take(NpgsqlDataReader row)
        {
            if (
                KeptMark.Read(row.GetString(0), row.GetString(1)) is not { } mark
                || !string.Equals(mark.Database, target.Database, StringComparison.Ordinal)
            )
                return;
            found.Add(
                new KeptState(mark.Name, mark.Label, mark.At.ToUniversalTime())
                {
                    ReplacedBy = mark.ReplacedBy,
                    LastMigration = mark.LastMigration,
                    Stamp = mark.Stamp,
                    MigrationVersion = mark.MigrationVersion,
                    Size = row.GetInt64(2),
                    Problem = row.IsDBNull(3) ? null : row.GetString(3),
                }
            );
        }
    }

    private async Task<PostgreSqlConnection> OpenAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await PostgreSqlConnection
                .OpenAsync(target, options, new PostgreSqlConnector(target, sources.Value), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseMissing)
        {
            return await OtherDatabase.OpenAsync(target, options, sources, cancellationToken).ConfigureAwait(false);
        }
    }
}
