using System.Globalization;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Tables;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// The tables of a copy in the schema where they are built, and from which they move to their places. Disposing it drops that schema,
/// unless they have moved.
/// </summary>
internal sealed class StagedTables : IAsyncDisposable
{
    private readonly PostgreSqlConnection _connection;
    private readonly string _staging;
    private readonly StagedConnections _connections;
    private readonly List<LeftOutObject> _refused = [];
    private readonly List<string> _views = [];
    private CopyPlan _plan;
    private bool _hasMoved;

    private StagedTables(PostgreSqlConnection connection, string staging, CopyPlan plan) =>
        (_connection, _staging, _plan, _connections) = (connection, staging, plan, new StagedConnections(connection));

    /// <summary>The tables as they are: a column that the server does not compute as the source did is an ordinary one.</summary>
    public IReadOnlyList<CopyTable> Tables => _plan.Tables;

    /// <summary>What was not made, and why.</summary>
    public IReadOnlyList<LeftOutObject> Refused => _refused;

    /// <summary>Makes the schema with its tables, without keys; removes what killed copies have left.</summary>
    public static async Task<StagedTables> CreateAsync(PostgreSqlConnection connection, CopyPlan plan, CancellationToken cancellationToken)
    {
        await StagingSchema.RemoveLeftoversAsync(connection, cancellationToken).ConfigureAwait(false);
        var staging = StagingSchema.NewName();
        await StagingSchema.HoldAsync(connection, staging, cancellationToken).ConfigureAwait(false);
        var tables = new StagedTables(connection, staging, plan);
        try
        {
            await tables.CreateAsync(cancellationToken).ConfigureAwait(false);
            return tables;
        }
        catch
        {
            await tables.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Settings of a transaction: names and functions mean what the server's own catalogue says, and copying takes as long as it
    /// takes.</summary>
    public static Task<int> SetAsync(PostgreSqlConnection connection, CancellationToken cancellationToken) =>
        connection.QueryAsScriptAsync(
            "SELECT pg_catalog.set_config('search_path', $1, true), pg_catalog.set_config('statement_timeout', '0', true), "
                + "pg_catalog.set_config('lock_timeout', $2, true)",
            _ => { },
            cancellationToken,
            OwnSettings.SearchPath,
            ((long)connection.Options.TableLockTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)
        );

    /// <summary>Lets several tables be written, and read back, at once.</summary>
    public Task<int> WidenAsync(int most, CancellationToken cancellationToken) => _connections.WidenAsync(most, cancellationToken);

    /// <summary>Opens a table to write it.</summary>
    public Task<IRowWriter> WriteAsync(CopyTable table, CancellationToken cancellationToken) =>
        _connections.WriteAsync(connection => OpenWriterAsync(connection, table, cancellationToken), cancellationToken);

    /// <summary>Opens a table to read it back.</summary>
    public Task<IRowReader> ReadAsync(CopyTable table, IReadOnlyList<ReadColumn> columns, CancellationToken cancellationToken) =>
        _connections.ReadAsync(
            connection =>
                CopyStreamReader.OpenAsync(
                    connection,
                    $"COPY {Rows(table, [.. columns.Select(c => c.Name)])} TO STDOUT (FORMAT BINARY)",
                    columns,
                    cancellationToken
                ),
            cancellationToken
        );

    /// <summary>Builds keys, indexes, foreign keys and views, and sets the numbering.</summary>
    /// <returns>What the server refused, with its words.</returns>
    public async Task<IReadOnlyList<LeftOutObject>> BuildAsync(CancellationToken cancellationToken)
    {
        await BeginAsync(_connection, cancellationToken).ConfigureAwait(false);
        var scripts = _plan.Tables.Select(t => new TableScript(_staging, t)).ToList();
        var built = new List<LeftOutObject>();
        IEnumerable<ScriptPart> parts =
        [
            .. scripts.SelectMany(s => s.Finish()),
            .. scripts.SelectMany(s => s.ForeignKeys()),
            .. new ViewScript(_staging, _plan).Write(),
        ];
        foreach (var part in parts)
        {
            if (part.Statement is null)
                _refused.Add(part.LeftOut(part.Refusal!));
            else if (await TryAsync(part.Statement, cancellationToken).ConfigureAwait(false) is { } refusal)
            {
                var leftOut = part.LeftOut($"the server says '{refusal}'") with { IsRefused = true };
                _refused.Add(leftOut);
                built.Add(leftOut);
            }
            else if (part.Table is null)
            {
                _views.Add(part.Name);
            }
        }

        foreach (var numbering in scripts.Select(s => s.Numbering()).OfType<string>())
            await _connection.QueryAsScriptAsync(numbering, _ => { }, cancellationToken).ConfigureAwait(false);
        await _connection.ExecuteAsync("COMMIT", cancellationToken).ConfigureAwait(false);
        return [.. _refused.Where(r => string.Equals(r.Kind, ComputedColumns.Kind, StringComparison.Ordinal)), .. built];
    }

    /// <summary>Compares what the server says of a table with the plan.</summary>
    public Task<IReadOnlyList<CopyObstacle>> VerifyAsync(TargetCatalogue catalogue, CopyTable table, CancellationToken cancellationToken) =>
        catalogue.VerifyAsync(_staging, table, _refused, cancellationToken);

    /// <summary>Moves all to their places, in the open transaction, and drops the schema.</summary>
    public async Task MoveAsync(string schema, CancellationToken cancellationToken)
    {
        foreach (var view in _views)
            await ExecuteAsync($"ALTER VIEW {NameOf(view)} SET SCHEMA {PostgreSqlText.Name(schema)}").ConfigureAwait(false);
        foreach (var table in _plan.Tables)
            await ExecuteAsync($"ALTER TABLE {NameOf(table.Name)} SET SCHEMA {PostgreSqlText.Name(schema)}").ConfigureAwait(false);
        await ExecuteAsync($"DROP SCHEMA {PostgreSqlText.Name(_staging)}").ConfigureAwait(false);

        Task<int> ExecuteAsync(string statement) => _connection.ExecuteAsync(statement, cancellationToken);
    }

    /// <summary>The transaction in which all have moved is committed.</summary>
    public void HaveMoved() => _hasMoved = true;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Their locks go first.
        await _connections.DisposeAsync().ConfigureAwait(false);
        if (_hasMoved)
            return;
        try
        {
            await _connection.RollBackAsync().ConfigureAwait(false);
            // What is stopped while it sends rows ends its connection.
            await _connection.ReconnectAsync(CancellationToken.None).ConfigureAwait(false);
            await StagingSchema.DropAsync(_connection, _staging, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or MigrationException or InvalidOperationException)
        {
            _connection.Options.Events.Publish(
                new WarningRaised(
                    $"The schema {_staging} of {_connection.Target.Display}, in which the copy was built, could not be dropped: "
                        + $"{PostgreSqlErrors.Message(e).TrimEnd('.')}. The next copy drops it; or drop it yourself: DROP SCHEMA "
                        + $"{_staging} CASCADE;"
                )
            );
        }
    }

    // Generated columns can only be copied out of a query, which takes longer:
    // https://www.postgresql.org/docs/current/sql-copy.html
    private string Rows(CopyTable table, IReadOnlyList<string> columns) =>
        columns.All(name => table.Stored.Any(c => string.Equals(c.Name, name, StringComparison.Ordinal)))
            ? $"{NameOf(table.Name)} ({TargetNames.List(columns)})"
            : $"(SELECT {TargetNames.List(columns)} FROM ONLY {NameOf(table.Name)})";

    private string NameOf(string relation) => TargetNames.Qualified(_staging, relation);

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        await _connection.ExecuteAsync($"CREATE SCHEMA {PostgreSqlText.Name(_staging)}", cancellationToken).ConfigureAwait(false);
        var tables = new List<CopyTable>();
        await BeginAsync(_connection, cancellationToken).ConfigureAwait(false);
        foreach (var planned in _plan.Tables)
        {
            var table = ComputedColumns.Creation(_staging, planned).Table;
            while (await TryAsync(new TableScript(_staging, table).Create(), cancellationToken).ConfigureAwait(false) is { } refusal)
                table = ComputedColumns.WithoutRefused(table, _refused, refusal);
            tables.Add(table);
        }

        await _connection.ExecuteAsync("COMMIT", cancellationToken).ConfigureAwait(false);
        _plan = _plan with { Tables = tables };
    }

    private async Task<CopyStreamWriter> OpenWriterAsync(
        PostgreSqlConnection connection,
        CopyTable table,
        CancellationToken cancellationToken
    )
    {
        await BeginAsync(connection, cancellationToken).ConfigureAwait(false);
        var name = NameOf(table.Name);
        // Only into a table that is new in this transaction rows can be written as frozen, which spares the next reader of them a write.
        await connection.ExecuteAsync($"TRUNCATE {name}", cancellationToken).ConfigureAwait(false);
        return await CopyStreamWriter
            .OpenAsync(
                connection,
                $"COPY {name} ({TargetNames.List(table.Stored.Select(c => c.Name))}) FROM STDIN (FORMAT BINARY, FREEZE)",
                token => connection.ExecuteAsync("COMMIT", token),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private static async Task BeginAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync("BEGIN", cancellationToken).ConfigureAwait(false);
        await SetAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a statement that the server may refuse.</summary>
    /// <returns>Its words; null when it did not.</returns>
    private async Task<string?> TryAsync(string statement, CancellationToken cancellationToken)
    {
        await _connection.ExecuteAsync("SAVEPOINT migrations_part", cancellationToken).ConfigureAwait(false);
        try
        {
            await _connection.ExecuteAsync(statement, cancellationToken).ConfigureAwait(false);
            await _connection.ExecuteAsync("RELEASE SAVEPOINT migrations_part", cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e) && !cancellationToken.IsCancellationRequested)
        {
            await _connection.ExecuteAsync("ROLLBACK TO SAVEPOINT migrations_part", cancellationToken).ConfigureAwait(false);
            return e.MessageText;
        }
    }
}
