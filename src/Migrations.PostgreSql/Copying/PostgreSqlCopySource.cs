using Migrations.Databases;
using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>A database that is compared: the tables of the first schema of its search_path, as one moment has them.</summary>
internal sealed class PostgreSqlCopySource : ICopySource
{
    private readonly PostgreSqlConnection _connection;
    private readonly ReadTransaction _transaction;
    private readonly Dictionary<string, List<SourceColumn>> _columns = new(StringComparer.Ordinal);
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
        throw new MigrationException(
            ErrorId.UsageInvalid,
            $"{_connection.Target.Display} is a PostgreSQL database, and copies come from SQLite.",
            "Copy from a SQLite file to a postgres:// URL."
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<CopyTable>> ListAsync(CopyScope scope, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(FindTablesAsync(scope, cancellationToken), "Reading the schema");

    /// <inheritdoc/>
    public Task<IRowReader> ReadAsync(RowRequest request, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(OpenReaderAsync(request, cancellationToken), $"Reading {request.Table}");

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
        var own = new CatalogueScope(_connection.Options, _connection.ServerVersion);
        var keys = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        _columns.Clear();
        await _connection
            .QueryAsync(
                $"""
                WITH {own.Relations}
                SELECT rel.relname::text, a.attname::text, b.typname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                    COALESCE(array_position(i.indkey::int2[], a.attnum), -1)
                FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid AND a.attnum > 0 AND NOT a.attisdropped
                JOIN pg_type t ON t.oid = a.atttypid JOIN pg_type b ON b.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
                LEFT JOIN pg_index i ON i.indrelid = rel.oid AND i.indisprimary
                WHERE rel.relkind IN ('r', 'p') AND NOT rel.relispartition AND rel.nspname = $1
                ORDER BY rel.relname COLLATE "C", a.attnum
                """,
                row =>
                {
                    var table = row.GetString(0);
                    if (!scope.Contains(table))
                        return;
                    Columns(table).Add(Column(row));
                    if (row.GetInt32(5) >= 0)
                        Keys(table).Add(row.GetString(1));
                },
                cancellationToken,
                _schema
            )
            .ConfigureAwait(false);
        return
        [
            .. _columns.Select(t => new CopyTable
            {
                Name = t.Key,
                Columns = [.. t.Value.Select(c => c.Column)],
                PrimaryKey = Keys(t.Key),
            }),
        ];

        List<SourceColumn> Columns(string table) => _columns.TryGetValue(table, out var all) ? all : _columns[table] = [];

        List<string> Keys(string table) => keys.TryGetValue(table, out var all) ? all : keys[table] = [];
    }

    private static SourceColumn Column(Npgsql.NpgsqlDataReader row) =>
        new(
            row.GetString(1),
            row.GetString(2),
            new CopyColumn
            {
                Name = row.GetString(1),
                Declared = row.GetString(3),
                Type = new ColumnType(SourceColumn.KindOf(row.GetString(2))),
                NotNull = row.GetBoolean(4),
            }
        );

    private async Task<IRowReader> OpenReaderAsync(RowRequest request, CancellationToken cancellationToken)
    {
        if (_columns.Count == 0)
            _ = await FindTablesAsync(new CopyScope(), cancellationToken).ConfigureAwait(false);
        var columns = _columns[request.Table].ToDictionary(c => c.Name, StringComparer.Ordinal);
        var list = request.Columns.Select(c => columns[c.Name].Read(c.Type.Kind));
        var name = PostgreSqlText.Name(_schema) + "." + PostgreSqlText.Name(request.Table);
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
