using Migrations.Databases;
using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>A database that is copied or compared: the tables of the first schema of its search_path, as one moment has them.</summary>
internal sealed class PostgreSqlCopySource : ICopySource
{
    private readonly PostgreSqlConnection _connection;
    private readonly ReadTransaction _transaction;
    private IReadOnlyDictionary<string, SourceRelation> _tables = new Dictionary<string, SourceRelation>(StringComparer.Ordinal);
    private string _schema = "";

    private PostgreSqlCopySource(PostgreSqlConnection connection) =>
        (_connection, _transaction) = (connection, new ReadTransaction(connection));

    /// <summary>Opens it.</summary>
    public static async Task<PostgreSqlCopySource> OpenAsync(
        DatabaseTarget target,
        SessionOptions options,
        PostgreSqlConnector connector,
        CancellationToken cancellationToken
    )
    {
        var connection = await PostgreSqlConnection
            .OpenAsync(target, options with { Access = SessionAccess.Read }, connector, cancellationToken)
            .ConfigureAwait(false);
        var source = new PostgreSqlCopySource(connection);
        try
        {
            await PostgreSqlErrors.TranslateAsync(source.BeginAsync(cancellationToken), "Reading the schema").ConfigureAwait(false);
            return source;
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<CopyPlan> PlanAsync(CopyScope scope, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(FindPlanAsync(scope, cancellationToken), "Planning the copy");

    /// <inheritdoc/>
    public Task<IReadOnlyList<CopyTable>> ListAsync(CopyScope scope, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(FindTablesAsync(scope, cancellationToken), "Reading the schema");

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IRowReader>> ReadAsync(RowRequest request, int most, CancellationToken cancellationToken) =>
        [
            await PostgreSqlErrors
                .TranslateAsync(OpenReaderAsync(request, cancellationToken), $"Reading {request.Table}")
                .ConfigureAwait(false),
        ];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        await _transaction.BeginAsync(cancellationToken).ConfigureAwait(false);
        await _connection.QueryAsScriptAsync(PostgreSqlContentReader.Settings, _ => { }, cancellationToken).ConfigureAwait(false);
        _schema = await new TargetCatalogue(_connection).FindSchemaAsync(cancellationToken).ConfigureAwait(false) ?? "";
    }

    private async Task<IReadOnlyList<CopyTable>> FindTablesAsync(CopyScope scope, CancellationToken cancellationToken)
    {
        _tables = await new SourceTables(_connection, _schema).ReadAsync(scope.Contains, cancellationToken).ConfigureAwait(false);
        return
        [
            .. _tables.Values.Select(t => new CopyTable
            {
                Name = t.Name,
                Columns = [.. t.Columns.Select(c => c.Column)],
                PrimaryKey = t.PrimaryKey,
            }),
        ];
    }

    private async Task<CopyPlan> FindPlanAsync(CopyScope scope, CancellationToken cancellationToken)
    {
        _tables = await new SourceTables(_connection, _schema).ReadAsync(scope.Contains, cancellationToken).ConfigureAwait(false);
        return await new PostgreSqlCopyPlanner(_connection, _schema, scope).PlanAsync(_tables, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IRowReader> OpenReaderAsync(RowRequest request, CancellationToken cancellationToken)
    {
        if (_tables.Count == 0)
            _ = await FindTablesAsync(new CopyScope(), cancellationToken).ConfigureAwait(false);
        var table = _tables[request.Table];
        var columns = table.Columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        var list = request.Columns.Select(c => columns[c.Name].Read(c.Type.Kind));
        // The rows of tables that inherit are theirs; those of partitions are the table's.
        var name = (table.IsPartitioned ? "" : "ONLY ") + PostgreSqlText.Name(_schema) + "." + PostgreSqlText.Name(request.Table);
        return await CopyStreamReader
            .OpenAsync(
                _connection,
                $"COPY (SELECT {string.Join(", ", list)} FROM {name}) TO STDOUT (FORMAT BINARY)",
                request.Columns,
                cancellationToken
            )
            .ConfigureAwait(false);
    }
}
