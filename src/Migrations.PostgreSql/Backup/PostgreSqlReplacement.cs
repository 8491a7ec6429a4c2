using System.Globalization;
using Migrations.Databases;
using Migrations.Events;
using Migrations.History;

namespace Migrations.PostgreSql;

/// <summary>
/// Puts a backup in the place of a database: it is loaded into a new one, which is then renamed, and the old one with it, in one
/// transaction. Where the role may do neither, it is loaded into the database itself, in one transaction, if that is empty.
/// </summary>
internal sealed class PostgreSqlReplacement(BackupSource backup, DatabaseTarget target, RestoreJob job, Lazy<PostgreSqlSources> sources)
{
    private IReadOnlyList<string> _leftOut = [];

    /// <summary>Does it.</summary>
    public async Task<RestoreOutcome> RunAsync(CancellationToken cancellationToken)
    {
        var old = await OpenOldAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = (old ?? (IAsyncDisposable)NoSession.Instance).ConfigureAwait(false);
        if (old is not null)
        {
            await Poolers.RefuseForRestoreAsync(old.Connection, cancellationToken).ConfigureAwait(false);
            await old.LockAsync(isNeeded: null, cancellationToken).ConfigureAwait(false);
            await job.DemandReplaceableAsync(old.History, target, cancellationToken).ConfigureAwait(false);
        }

        if (old is not null && !await MayReplaceAsync(old.Connection, cancellationToken).ConfigureAwait(false))
            return await FillAsync(old.Connection, cancellationToken).ConfigureAwait(false);
        // A database cannot be renamed from a connection to itself.
        var server = await OtherDatabase.OpenAsync(target, job.Session, sources, cancellationToken).ConfigureAwait(false);
        await using var __ = server.ConfigureAwait(false);
        await Poolers.RefuseForRestoreAsync(server, cancellationToken).ConfigureAwait(false);
        await Standby.RefuseAsync(server, cancellationToken).ConfigureAwait(false);
        if (old is not null)
            await ConnectedSessions.RefuseAsync(server, target, old.Connection.ProcessId, cancellationToken).ConfigureAwait(false);
        var name = NewName();
        await ScratchOwner.RemoveLeftoversAsync(server, cancellationToken).ConfigureAwait(false);
        await ScratchOwner.HoldAsync(server, name, cancellationToken).ConfigureAwait(false);
        try
        {
            var how = await LoadAsync(server, old?.Connection, name, cancellationToken).ConfigureAwait(false);
            var mark = await MarkOfAsync(old?.Connection, cancellationToken).ConfigureAwait(false);
            var kept = await new DatabaseSwap(server, target, name)
                .RunAsync(old, mark with { Name = await FreeNameAsync(server, cancellationToken).ConfigureAwait(false) }, cancellationToken)
                .ConfigureAwait(false);
            return new RestoreOutcome(kept, how) { LeftOut = _leftOut };
        }
        catch
        {
            await ScratchOwner.DropAsync(server, name).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<PostgreSqlSession?> OpenOldAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await PostgreSqlSession
                .OpenAsync(target, job.Session, new PostgreSqlConnector(target, sources.Value), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseMissing)
        {
            return null;
        }
    }

    private static Task<bool> MayReplaceAsync(PostgreSqlConnection old, CancellationToken cancellationToken) =>
        old.AnyAsync(
            """
            SELECT 1 FROM pg_catalog.pg_roles r, pg_catalog.pg_database d
            WHERE r.rolname = current_user AND (r.rolcreatedb OR r.rolsuper) AND d.datname = pg_catalog.current_database()
                AND pg_catalog.pg_has_role(d.datdba, 'USAGE')
            """,
            cancellationToken
        );

    /// <summary>Loads the backup into a new database that is like the old one.</summary>
    private async Task<string> LoadAsync(
        PostgreSqlConnection server,
        PostgreSqlConnection? old,
        string name,
        CancellationToken cancellationToken
    )
    {
        var tools = ClientTools.For(server.Npgsql.PostgreSqlVersion);
        var restore = new PostgreSqlRestore(backup, tools, server.ServerVersion);
        var tables = await restore.TablesAsync(server.Target, cancellationToken).ConfigureAwait(false);
        var there = PostgreSqlTarget.WithDatabase(target, name);
        var settings = old is null ? null : await DatabaseSettings.ReadAsync(old, cancellationToken).ConfigureAwait(false);
        var how = "restored into a new database, which was renamed into place";
        var withOwners = true;
        IReadOnlyList<string> broken = [];
        try
        {
            broken = await LoadNewAsync().ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.BackupInvalid)
        {
            withOwners = !IsAboutRoles(e.Message) && await ServerLanguage.IsEnglishAsync(server, cancellationToken).ConfigureAwait(false);
            if (withOwners && !backup.AcceptFaults)
                throw;
            if (!withOwners)
                how += "; owners and grants were left out, because the server lacks a role or this role may not give to it";
            broken = await LoadAgainAsync().ConfigureAwait(false);
        }

        how += await AddAsync(there, broken, restore.OpenKeys, cancellationToken).ConfigureAwait(false);
        if (_leftOut.Count == 0)
            await CompareAsync(there, tables, cancellationToken).ConfigureAwait(false);
        if (await SubscriptionsAsync(there, cancellationToken).ConfigureAwait(false) is { Count: > 0 } subscriptions)
            how +=
                "; its subscriptions are disabled, for the database that was replaced has the same: "
                + $"{string.Join(", ", subscriptions)}. To go on with one: ALTER SUBSCRIPTION ... ENABLE";
        return how + await SetAsync(server, settings, name, there, cancellationToken).ConfigureAwait(false);

        async Task<IReadOnlyList<string>> LoadNewAsync()
        {
            await CreateAsync(server, settings, name, cancellationToken).ConfigureAwait(false);
            return await restore.LoadAsync(there, Math.Max(1, job.Jobs), withOwners, cancellationToken).ConfigureAwait(false);
        }

        async Task<IReadOnlyList<string>> LoadAgainAsync()
        {
            try
            {
                if (!withOwners)
                {
                    await Subscriptions.DropDatabaseForciblyAsync(server, name).ConfigureAwait(false);
                    return await LoadNewAsync().ConfigureAwait(false);
                }
            }
            catch (MigrationException e) when (backup.AcceptFaults && e.Id == ErrorId.BackupInvalid)
            {
                // What is left out is named below.
            }

            await Subscriptions.DropDatabaseForciblyAsync(server, name).ConfigureAwait(false);
            await CreateAsync(server, settings, name, cancellationToken).ConfigureAwait(false);
            _leftOut = await restore.LoadLenientlyAsync(there, sources.Value, withOwners, cancellationToken).ConfigureAwait(false);
            return [];
        }
    }

    /// <summary>Gives the restored database what the old one has beside its content, or, when that is gone, what the backup
    /// recorded.</summary>
    /// <returns>What was not set.</returns>
    private async Task<string> SetAsync(
        PostgreSqlConnection server,
        DatabaseSettings? settings,
        string name,
        DatabaseTarget there,
        CancellationToken cancellationToken
    )
    {
        var statements = settings?.Statements ?? RecordedSettings.Statements(backup.Settings);
        var refused = await DatabaseSettings.ApplyAsync(server, name, statements, cancellationToken).ConfigureAwait(false);
        if (job.DemandAsync is { } demand)
            await demand(there, cancellationToken).ConfigureAwait(false);
        _ = await StampAsync(there, cancellationToken).ConfigureAwait(false);
        refused = settings is null
            ? [.. refused, .. RecordedSettings.Unknown(backup.Settings)]
            : [.. refused, .. await DatabaseSettings.ApplyAsync(server, name, settings.Last, cancellationToken).ConfigureAwait(false)];
        if (refused.Count == 0)
            return "";
        var list = string.Join("; ", refused);
        job.Session.Events.Publish(
            new WarningRaised(
                $"Not set again for {target.Display}, because this role may not, or the server lacks what it names, or it is a "
                    + $"secret: {list}"
            )
        );
        return $"; not set again: {list}";
    }

    /// <summary>Makes the keys that could not be made, and says how many rows of the source break, beside those that the source has
    /// so.</summary>
    private async Task<string> AddAsync(
        DatabaseTarget restored,
        IReadOnlyList<string> broken,
        int ofSource,
        CancellationToken cancellationToken
    )
    {
        var connection = await OpenAsync(restored, cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        await BrokenForeignKeys.AddAsync(connection, broken, cancellationToken).ConfigureAwait(false);
        return await NameOpenAsync(connection, ofSource, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<string> NameOpenAsync(PostgreSqlConnection connection, int ofSource, CancellationToken cancellationToken)
    {
        var open = await BrokenForeignKeys.CountOpenAsync(connection, cancellationToken).ConfigureAwait(false) - ofSource;
        return open <= 0 ? ""
            : open == 1 ? "; a foreign key that rows of the source break is NOT VALID"
            : string.Create(CultureInfo.InvariantCulture, $"; {open} foreign keys that rows of the source break are NOT VALID");
    }

    private async Task<IReadOnlyList<string>> SubscriptionsAsync(DatabaseTarget restored, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(restored, cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        return await Subscriptions.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsAboutRoles(string message) =>
        message.Contains("role \"", StringComparison.Ordinal)
        || message.Contains("must be member of", StringComparison.Ordinal)
        || message.Contains("must be able to SET ROLE", StringComparison.Ordinal)
        || message.Contains("must be owner", StringComparison.Ordinal)
        || message.Contains("permission denied", StringComparison.Ordinal)
        || message.Contains("must be superuser", StringComparison.Ordinal);

    private static Task CreateAsync(
        PostgreSqlConnection server,
        DatabaseSettings? settings,
        string name,
        CancellationToken cancellationToken
    ) =>
        settings is null
            ? server.ExecuteAsync($"CREATE DATABASE {PostgreSqlText.Name(name)} TEMPLATE template0", cancellationToken)
            : settings.Shape.CreateAsync(server, name, settings.Clauses, mayDiffer: false, cancellationToken);

    private async Task CompareAsync(DatabaseTarget restored, int? tables, CancellationToken cancellationToken)
    {
        if (tables is null)
            return;
        var connection = await OpenAsync(restored, cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var found = 0L;
        await connection
            .QueryAsync(
                "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND "
                    + $"{CatalogueScope.IsUsers("n")} AND {CatalogueScope.HasNoExtension("pg_class", "c.oid")}",
                row => found = row.GetInt64(0),
                cancellationToken
            )
            .ConfigureAwait(false);
        if (found < tables)
        {
            throw new MigrationException(
                ErrorId.RestoreUnproven,
                $"'{backup.Path}' lists {tables} tables, and the restored database has {found}; {target.Display} was not touched.",
                $"Verify the backup with '{Call.Verify}', and restore another one."
            );
        }
    }

    /// <summary>Loads the backup into the database itself, where it is empty.</summary>
    private async Task<RestoreOutcome> FillAsync(PostgreSqlConnection old, CancellationToken cancellationToken)
    {
        if (
            await old.AnyAsync(
                    $"""
                    SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {CatalogueScope.IsUsers("n")}
                        AND {CatalogueScope.HasNoExtension("pg_class", "c.oid")} AND c.relname !~ '^migration_lock'
                    UNION ALL SELECT 1 FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {CatalogueScope.IsUsers("n")}
                        AND {CatalogueScope.HasNoExtension("pg_proc", "p.oid")}
                    """,
                    cancellationToken
                )
                .ConfigureAwait(false)
        )
        {
            var role = PostgreSqlText.Name(old.Info.User ?? "the_user");
            throw new MigrationException(
                ErrorId.PermissionDenied,
                $"{target.Display} is not empty, and the role {role} may not put another database in its place: that takes "
                    + "CREATEDB and the ownership of the database. Nothing was changed.",
                $"As a superuser: ALTER ROLE {role} CREATEDB; ALTER DATABASE {PostgreSqlText.Name(target.Database)} OWNER TO "
                    + $"{role}; or restore into a new, empty database."
            );
        }

        var version = old.Npgsql.PostgreSqlVersion;
        var restore = new PostgreSqlRestore(backup, ClientTools.For(version), version.Major);
        try
        {
            await restore.LoadAsync(target, jobs: 0, withOwners: false, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (backup.AcceptFaults && e.Id == ErrorId.BackupInvalid)
        {
            // It was one transaction, so the database is empty again.
            _leftOut = await restore.LoadLenientlyAsync(target, sources.Value, withOwners: false, cancellationToken).ConfigureAwait(false);
        }

        return new RestoreOutcome(
            Kept: null,
            "restored into the database itself, which was empty, in one transaction"
                + await NameOpenAsync(old, restore.OpenKeys, cancellationToken).ConfigureAwait(false)
        )
        {
            StampedTables = await StampAsync(target, cancellationToken).ConfigureAwait(false),
            LeftOut = _leftOut,
        };
    }

    /// <summary>Writes the stamp where the backup has another.</summary>
    /// <returns>The history tables that got a row.</returns>
    private async Task<IReadOnlyList<string>> StampAsync(DatabaseTarget restored, CancellationToken cancellationToken)
    {
        if (job.Stamp is not { } stamp)
            return [];
        var own = new FoundHistory
        {
            Schema = HistoryTable.Schema(job.Session),
            Table = job.Session.HistoryTable,
            Display = HistoryTable.Display(job.Session),
            IsOwn = true,
            Entries = [],
        };
        FoundHistories found;
        var connection = await OpenRestoredAsync(restored, job.Session).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
            found = await connection.History.FindAllAsync(cancellationToken).ConfigureAwait(false);
        var rows = stamp.RowsFor(found, own);
        foreach (var (history, row) in rows)
        {
            var session = await OpenRestoredAsync(restored, history.Within(job.Session)).ConfigureAwait(false);
            await using var _ = session.ConfigureAwait(false);
            // What follows compares the table with what was read of it.
            await session.History.ReadAsync(cancellationToken).ConfigureAwait(false);
            await session.History.EnsureAsync(cancellationToken).ConfigureAwait(false);
            await session.History.AppendAsync(row, cancellationToken).ConfigureAwait(false);
        }

        return [.. rows.Select(r => r.History.Display)];

        Task<PostgreSqlSession> OpenRestoredAsync(DatabaseTarget target, SessionOptions options) =>
            PostgreSqlSession.OpenAsync(
                target,
                options with
                {
                    Access = SessionAccess.Write,
                },
                new PostgreSqlConnector(target, sources.Value),
                cancellationToken
            );
    }

    private async Task<KeptMark> MarkOfAsync(PostgreSqlConnection? old, CancellationToken cancellationToken)
    {
        var entries = old is null ? [] : await StoredHistory.TryReadAsync(old, cancellationToken).ConfigureAwait(false);
        var last = HistoryView.LastApplied(entries);
        return new KeptMark(job.KeepName, target.Database, job.KeepLabel, job.At)
        {
            ReplacedBy = job.BackupName,
            LastMigration = last?.Name,
            Stamp = old is null ? null : await StoredHistory.TryReadStampAsync(old, cancellationToken).ConfigureAwait(false),
            MigrationVersion = last?.Version?.ToString(),
        };
    }

    /// <summary>A name that nothing else has: when anything goes wrong, the database of this name is dropped.</summary>
    private string NewName() => PostgreSqlText.Fit(target.Database, ScratchOwner.ReplacementMark + ScratchOwner.NewEnd());

    /// <summary>The name for the kept database: a second restore in the same second finds the first one's taken.</summary>
    private async Task<string> FreeNameAsync(PostgreSqlConnection server, CancellationToken cancellationToken)
    {
        var beginning = job.KeepName[..^job.KeepEnd.Length];
        for (var attempt = 1; ; attempt++)
        {
            var name = PostgreSqlText.Fit(
                beginning,
                job.KeepEnd + (attempt == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"_{attempt}"))
            );
            if (
                !await server
                    .AnyAsync("SELECT 1 FROM pg_catalog.pg_database WHERE datname = $1", cancellationToken, name)
                    .ConfigureAwait(false)
            )
                return name;
        }
    }

    private Task<PostgreSqlConnection> OpenAsync(DatabaseTarget database, CancellationToken cancellationToken) =>
        PostgreSqlConnection.OpenAsync(database, job.Session, new PostgreSqlConnector(database, sources.Value), cancellationToken);
}
