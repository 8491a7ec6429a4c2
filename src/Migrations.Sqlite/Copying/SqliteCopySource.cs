using System.Threading.Channels;
using Migrations.Databases;
using Migrations.Sqlite.Native;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>
/// A file that is copied or compared: one state of it, read through connections that never write. Where others keep some of them from that
/// state, there are fewer.
/// </summary>
internal sealed class SqliteCopySource : ICopySource
{
    private readonly SqliteHandle _handle;
    private readonly IReadOnlyList<SqliteHandle> _others;
    private readonly Channel<SqliteHandle> _free = Channel.CreateUnbounded<SqliteHandle>();
    private readonly DatabaseTarget _target;
    private readonly SessionOptions _options;
    private readonly Lazy<Dictionary<string, SourceTable>> _tables;

    private SqliteCopySource(SqliteHandle handle, IReadOnlyList<SqliteHandle> others, DatabaseTarget target, SessionOptions options)
    {
        (_handle, _others, _target, _options) = (handle, others, target, options);
        _tables = new Lazy<Dictionary<string, SourceTable>>(FindTables);
        foreach (var free in others.Prepend(handle))
            _free.Writer.TryWrite(free);
    }

    /// <summary>Opens it.</summary>
    public static async Task<SqliteCopySource> OpenAsync(
        DatabaseTarget target,
        SessionOptions options,
        int readers,
        CancellationToken cancellationToken
    )
    {
        options = options with { Access = SessionAccess.Read };
        var handles = new List<SqliteHandle>();
        try
        {
            // Each connection to a database in memory has one of its own.
            for (var i = 0; i < (SqliteTarget.IsMemory(target) ? 1 : readers); i++)
                handles.Add(await SqliteOpening.OpenAsync(target, options, cancellationToken).ConfigureAwait(false));
            var others = SqliteSnapshot.Begin(handles[0], handles[1..]);
            foreach (var late in handles.Skip(1).Except(others))
                late.Dispose();
            return new SqliteCopySource(handles[0], others, target, options);
        }
        catch (SqliteFailure e)
        {
            handles.ForEach(h => h.Dispose());
            throw SqliteErrors.Translate(e, target);
        }
        catch
        {
            handles.ForEach(h => h.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<CopyPlan> PlanAsync(CopyScope scope, CancellationToken cancellationToken) =>
        SqliteCalls.Call(
            _handle,
            _target,
            () => new SqliteCopyPlanner([_handle, .. _others], _options, scope).Plan(cancellationToken),
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<CopyTable>> ListAsync(CopyScope scope, CancellationToken cancellationToken) =>
        SqliteCalls.Call(_handle, _target, () => new SqliteCopyPlanner([_handle], _options, scope).List(), cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IRowReader>> ReadAsync(RowRequest request, int most, CancellationToken cancellationToken)
    {
        var handles = new List<SqliteHandle> { await _free.Reader.ReadAsync(cancellationToken).ConfigureAwait(false) };
        var readers = new List<IRowReader>();
        try
        {
            var table = _tables.Value[request.Table];
            var ranges = most > 1 && _others.Count > 0 ? RowidRanges.Of(handles[0], table) : null;
            while (ranges is not null && handles.Count < most && _free.Reader.TryRead(out var other))
                handles.Add(other);
            foreach (var handle in handles)
                readers.Add(
                    new SqliteRowReader(handle, _target, table, request, handles.Count > 1 ? ranges : null)
                    {
                        Released = () => _free.Writer.TryWrite(handle),
                    }
                );
            return readers;
        }
        catch (SqliteFailure e)
        {
            foreach (var reader in readers)
                await reader.DisposeAsync().ConfigureAwait(false);
            foreach (var handle in handles.Skip(readers.Count))
                _free.Writer.TryWrite(handle);
            throw SqliteErrors.Translate(e, _target);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var handle in _others.Append(_handle))
            handle.Dispose();
        return ValueTask.CompletedTask;
    }

    private Dictionary<string, SourceTable> FindTables() =>
        SqliteSchemaItem
            .Read(_handle)
            .Where(i => i is { IsPlainTable: true, IsInternal: false, Sql: not null })
            .Select(i => SourceTable.Read(_handle, i))
            .ToDictionary(t => t.Item.Name, SqliteNames.Comparer);
}
