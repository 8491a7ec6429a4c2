using Migrations.Databases;
using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>A database whose tables its own migrations make: rows are copied into them in the transaction of the run.</summary>
internal sealed class PostgreSqlRowTarget : IRowTarget
{
    private readonly PostgreSqlSession _session;
    private readonly Dictionary<string, SourceRelation> _tables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RowStage> _stages = new(StringComparer.Ordinal);
    private readonly LiftedObjects _lifted;
    private string _schema = "";

    private PostgreSqlRowTarget(PostgreSqlSession session) => (_session, _lifted) = (session, new LiftedObjects(session.Connection));

    /// <inheritdoc/>
    public IDatabaseSession Session => _session;

    private PostgreSqlConnection Connection => _session.Connection;

    /// <summary>Opens it, under the migration lock unless it is only looked at.</summary>
    public static async Task<PostgreSqlRowTarget> OpenAsync(
        DatabaseTarget target,
        SessionOptions options,
        PostgreSqlConnector connector,
        CancellationToken cancellationToken
    ) => new(await PostgreSqlSession.OpenLockedAsync(target, options, connector, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public Task<IReadOnlyList<RowTable>> ListAsync(CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(ReadAsync(cancellationToken), "Reading the tables of the target");

    /// <inheritdoc/>
    public Task BeginAsync(IReadOnlyList<RowTable> tables, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(LiftAsync(tables, cancellationToken), "Preparing the tables of the target");

    /// <inheritdoc/>
    public Task<IRowWriter> WriteAsync(CopyTable table, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(OpenWriterAsync(table, cancellationToken), $"Copying {table.Name}");

    /// <inheritdoc/>
    public Task<IReadOnlyList<CopyObstacle>> FinishAsync(IReadOnlyList<CopyTable> tables, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(RestoreAsync(tables, cancellationToken), "Restoring keys and triggers");

    /// <inheritdoc/>
    public Task<IRowReader> ReadBackAsync(CopyTable table, IReadOnlyList<ReadColumn> columns, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(OpenReaderAsync(table, columns, cancellationToken), $"Reading {table.Name}");

    /// <inheritdoc/>
    public Task PublishAsync(CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(AnalyzeAsync(cancellationToken), "Collecting statistics");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _session.DisposeAsync();

    private string NameOf(string table) => PostgreSqlText.Name(_schema) + "." + PostgreSqlText.Name(table);

    private async Task<IReadOnlyList<RowTable>> ReadAsync(CancellationToken cancellationToken)
    {
        var catalogue = new TargetCatalogue(Connection);
        _schema = await catalogue.FindSchemaAsync(cancellationToken).ConfigureAwait(false) ?? "";
        _tables.Clear();
        foreach (
            var (name, table) in await new SourceTables(Connection, _schema).ReadAsync(_ => true, cancellationToken).ConfigureAwait(false)
        )
            _tables.Add(name, table);
        var tables = new List<RowTable>();
        foreach (var table in _tables.Values)
        {
            var hasRows = await catalogue.HasRowsAsync(NameOf(table.Name), cancellationToken).ConfigureAwait(false);
            tables.Add(
                new RowTable(table.Name, NameOf(table.Name), hasRows, [.. table.Columns.Select(Column)])
                {
                    ReturnsComputed = !RowStage.HasParsedJson(table),
                }
            );
        }

        return tables;
    }

    private static RowTableColumn Column(SourceColumn column) =>
        new(column.Name, column.Column.Declared, RowStage.TypeOf(column))
        {
            IsComputed = column.IsComputed,
            IsRequired = column is { Column.NotNull: true, Expression: null, IsIdentity: false },
        };

    // What the source is asked takes as long as it takes, while the transaction is open.
    private async Task LiftAsync(IReadOnlyList<RowTable> tables, CancellationToken cancellationToken)
    {
        _stages.Clear();
        await Connection
            .QueryAsScriptAsync(
                "SELECT pg_catalog.set_config('statement_timeout', '0', true), "
                    + "pg_catalog.set_config('idle_in_transaction_session_timeout', '0', true), "
                    + "pg_catalog.set_config('TimeZone', 'UTC', true)",
                _ => { },
                cancellationToken
            )
            .ConfigureAwait(false);
        await _lifted.LiftAsync([.. tables.Select(t => t.Shown)], cancellationToken).ConfigureAwait(false);
        if (tables.Any(t => t.HasRows))
            await Connection
                .ExecuteAsync("TRUNCATE " + string.Join(", ", tables.Select(t => t.Shown)), cancellationToken)
                .ConfigureAwait(false);
    }

    private async Task<IRowWriter> OpenWriterAsync(CopyTable table, CancellationToken cancellationToken)
    {
        var stage = new RowStage(Connection, NameOf(table.Name), _tables[table.Name], table, _stages.Count);
        _stages.Add(table.Name, stage);
        return await stage.OpenAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<CopyObstacle>> RestoreAsync(IReadOnlyList<CopyTable> tables, CancellationToken cancellationToken)
    {
        var broken = await _lifted.RestoreAsync(cancellationToken).ConfigureAwait(false);
        foreach (var table in tables)
        {
            foreach (var column in _tables[table.Name].Columns.Where(c => c.Sequence is not null))
                await NumberAsync(table, column, cancellationToken).ConfigureAwait(false);
        }

        return broken;
    }

    // The next number follows the highest that is stored, or that the source has ever given out.
    private Task NumberAsync(CopyTable table, SourceColumn column, CancellationToken cancellationToken)
    {
        var given = table.Columns.FirstOrDefault(c => string.Equals(c.Name, column.Name, StringComparison.Ordinal))?.HighestId ?? 0;
        return Connection.QueryTablesAsync(
            $"""
            SELECT pg_catalog.setval({PostgreSqlText.Literal(column.Sequence!)}::pg_catalog.regclass, n.highest)
            FROM (SELECT GREATEST(pg_catalog.max({PostgreSqlText.Name(column.Name)})::pg_catalog.int8, $1) AS highest
                FROM {NameOf(table.Name)}) n WHERE n.highest OPERATOR(pg_catalog.>) 0
            """,
            _ => { },
            cancellationToken,
            given
        );
    }

    private async Task<IRowReader> OpenReaderAsync(
        CopyTable table,
        IReadOnlyList<ReadColumn> columns,
        CancellationToken cancellationToken
    ) =>
        await CopyStreamReader
            .OpenAsync(Connection, $"COPY ({_stages[table.Name].Select(columns)}) TO STDOUT (FORMAT BINARY)", columns, cancellationToken)
            .ConfigureAwait(false);

    private async Task<bool> AnalyzeAsync(CancellationToken cancellationToken)
    {
        foreach (var table in _stages.Keys)
            await Connection.ExecuteAsync($"ANALYZE {NameOf(table)}", cancellationToken).ConfigureAwait(false);
        return true;
    }
}
