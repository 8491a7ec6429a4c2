using System.Globalization;
using Migrations.Databases;
using Migrations.Sqlite.Native;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>
/// A file whose tables its own migrations make: rows are copied into them in the transaction of the run. A file that does not exist yet is
/// filled beside its place.
/// </summary>
internal sealed class SqliteRowTarget : IRowTarget
{
    // https://sqlite.org/c3ref/c_dbconfig_defensive.html#sqlitedbconfigenabletrigger
    private const int ConfigureTriggers = 1003;

    private readonly DatabaseTarget _target;
    private readonly SqliteLock? _lock;
    private readonly SqliteNewFile? _file;
    private readonly SqliteSession _session;
    private bool _isClosed;

    private SqliteRowTarget(DatabaseTarget target, SqliteLock? held, SqliteNewFile? file, SqliteSession session) =>
        (_target, _lock, _file, _session) = (target, held, file, session);

    /// <inheritdoc/>
    public IDatabaseSession Session => _session;

    private SqliteHandle Handle => _session.Connection.Handle;

    /// <summary>Opens it, under the migration lock unless it is only looked at.</summary>
    public static async Task<SqliteRowTarget> OpenAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken)
    {
        SqliteTargetFile.Demand(target);
        if (options.Access == SessionAccess.Read)
            return new SqliteRowTarget(target, held: null, file: null, await OpenAsync(target).ConfigureAwait(false));
        var held = await SqliteLock.TakeAsync(target, options, cancellationToken).ConfigureAwait(false);
        SqliteNewFile? file = null;
        try
        {
            file = File.Exists(SqliteTarget.PathOf(target)) ? null : SqliteTargetFile.Create(target);
            return new SqliteRowTarget(target, held, file, await OpenAsync(file?.Target ?? target).ConfigureAwait(false));
        }
        catch
        {
            file?.Dispose();
            await held.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        async Task<SqliteSession> OpenAsync(DatabaseTarget place)
        {
            var access = options.Access == SessionAccess.Read ? SessionAccess.Read : SessionAccess.Write;
            var own = options with { Access = access };
            return new SqliteSession(place, own, await SqliteOpening.OpenAsync(place, own, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RowTable>> ListAsync(CancellationToken cancellationToken) =>
        CallAsync<IReadOnlyList<RowTable>>(() => [.. Tables().Select(Describe)], cancellationToken);

    /// <inheritdoc/>
    public Task BeginAsync(IReadOnlyList<RowTable> tables, CancellationToken cancellationToken) =>
        CallAsync(
            () =>
            {
                Enforce(on: false);
                foreach (var table in tables.Where(t => t.HasRows))
                    Handle.Execute($"DELETE FROM main.{SqliteNames.Quote(table.Name)}");
                return true;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IRowWriter> WriteAsync(CopyTable table, CancellationToken cancellationToken) =>
        CallAsync<IRowWriter>(() => new SqliteRowWriter(Handle, _target, table), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<CopyObstacle>> FinishAsync(IReadOnlyList<CopyTable> tables, CancellationToken cancellationToken) =>
        CallAsync<IReadOnlyList<CopyObstacle>>(
            () =>
            {
                foreach (var table in tables)
                    Number(table);
                List<CopyObstacle> broken = [.. FindBroken()];
                Enforce(on: true);
                return broken;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IRowReader> ReadBackAsync(CopyTable table, IReadOnlyList<ReadColumn> columns, CancellationToken cancellationToken) =>
        CallAsync<IRowReader>(
            () => new SqliteRowReader(Handle, _target, TableOf(table.Name), new RowRequest(table.Name, columns)),
            cancellationToken
        );

    /// <inheritdoc/>
    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        if (_file is null)
            return;
        await CloseAsync().ConfigureAwait(false);
        SqliteTargetFile.Publish(_file, _target);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        SqliteTargetFile.Remove(_file, _target, _session.Connection.Options.Events);
        if (_lock is not null)
            await _lock.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask CloseAsync()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        await _session.DisposeAsync().ConfigureAwait(false);
    }

    // Rows come table by table, and as they are.
    private void Enforce(bool on)
    {
        _session.Connection.EnforceForeignKeys(on);
        Handle.Api.Configure(Handle.Pointer, ConfigureTriggers, on);
    }

    private List<SourceTable> Tables() =>
        [
            .. SqliteSchemaItem
                .Read(Handle)
                .Where(i => i is { IsPlainTable: true, IsInternal: false, Sql: not null })
                .Where(i => !i.BelongsTo(_session.Connection.Options.HistoryTable) && !i.BelongsTo(SqliteSchemaItem.LockTable))
                .Select(i => SourceTable.Read(Handle, i)),
        ];

    private SourceTable TableOf(string name) => Tables().First(t => string.Equals(t.Item.Name, name, StringComparison.Ordinal));

    private RowTable Describe(SourceTable table) =>
        new(
            table.Item.Name,
            table.Item.Name,
            Handle.QueryInt64($"SELECT EXISTS (SELECT 1 FROM main.{table.Shape.Quoted})") == 1,
            [
                .. table.Text.Columns.Select(c => new RowTableColumn(c.Name, c.Type, Type: null)
                {
                    IsComputed = c.Generated is not null,
                    IsRequired = c is { NotNull: not null, Default: null } && !string.Equals(c.Name, table.Alias, StringComparison.Ordinal),
                }),
            ]
        );

    private void Number(CopyTable table)
    {
        var there = TableOf(table.Name);
        if (!there.IsAutoincrement)
            return;
        var given = table.Columns.FirstOrDefault(c => string.Equals(c.Name, there.Alias, StringComparison.Ordinal))?.HighestId ?? 0;
        SqliteNumbering.Set(Handle, table.Name, Math.Max(given, SqliteNumbering.Of(Handle, table.Name)));
    }

    // https://sqlite.org/pragma.html#pragma_foreign_key_check
    private IEnumerable<CopyObstacle> FindBroken()
    {
        using var rows = Handle.Prepare("PRAGMA main.foreign_key_check");
        while (rows.Step())
            yield return new CopyObstacle(
                rows.Text(0)!,
                Column: null,
                $"a row has no parent in {rows.Text(2)}",
                rows.TypeOf(1) == SqliteType.Null ? [] : [string.Create(CultureInfo.InvariantCulture, $"rowid {rows.Int64(1)}")],
                Rows: null
            );
    }

    private Task<T> CallAsync<T>(Func<T> action, CancellationToken cancellationToken) =>
        SqliteCalls.Call(Handle, _target, action, cancellationToken);
}
