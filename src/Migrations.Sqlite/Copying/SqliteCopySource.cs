using Migrations.Databases;
using Migrations.Sqlite.Native;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>A file that is copied or compared: one state of it, read through one connection that never writes.</summary>
internal sealed class SqliteCopySource : ICopySource
{
    private readonly SqliteHandle _handle;
    private readonly DatabaseTarget _target;
    private readonly SessionOptions _options;
    private Dictionary<string, SourceTable>? _tables;

    private SqliteCopySource(SqliteHandle handle, DatabaseTarget target, SessionOptions options) =>
        (_handle, _target, _options) = (handle, target, options);

    /// <summary>Opens it.</summary>
    public static async Task<SqliteCopySource> OpenAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken)
    {
        options = options with { Access = SessionAccess.Read };
        var handle = await SqliteOpening.OpenAsync(target, options, cancellationToken).ConfigureAwait(false);
        try
        {
            SqliteSnapshot.Begin(handle);
            return new SqliteCopySource(handle, target, options);
        }
        catch (SqliteFailure e)
        {
            handle.Dispose();
            throw SqliteErrors.Translate(e, target);
        }
    }

    /// <inheritdoc/>
    public Task<CopyPlan> PlanAsync(CopyScope scope, CancellationToken cancellationToken) =>
        SqliteCalls.Call(
            _handle,
            _target,
            () => new SqliteCopyPlanner(_handle, _options, scope).Plan(cancellationToken),
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<CopyTable>> ListAsync(CopyScope scope, CancellationToken cancellationToken) =>
        SqliteCalls.Call(_handle, _target, () => new SqliteCopyPlanner(_handle, _options, scope).List(), cancellationToken);

    /// <inheritdoc/>
    public Task<IRowReader> ReadAsync(RowRequest request, CancellationToken cancellationToken) =>
        SqliteCalls.Call<IRowReader>(
            _handle,
            _target,
            () => new SqliteRowReader(_handle, _target, TableOf(request.Table), request),
            cancellationToken
        );

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _handle.Dispose();
        return ValueTask.CompletedTask;
    }

    private SourceTable TableOf(string name)
    {
        _tables ??= SqliteSchemaItem
            .Read(_handle)
            .Where(i => i is { IsPlainTable: true, IsInternal: false, Sql: not null })
            .Select(i => SourceTable.Read(_handle, i))
            .ToDictionary(t => t.Item.Name, SqliteNames.Comparer);
        return _tables[name];
    }
}
