using Migrations.Databases;
using Migrations.Sqlite.Native;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>
/// A file that is copied into. One that exists takes all in one transaction; one that does not is filled beside its place and then gets its
/// name. Until then no one else sees anything of the copy.
/// </summary>
internal sealed class SqliteCopyTarget : ICopyTarget
{
    private readonly DatabaseTarget _target;
    private readonly SessionOptions _options;
    private readonly SqliteLock? _lock;
    private SqliteHandle? _handle;
    private SqliteNewFile? _file;
    private CopyPlan _plan = new() { Tables = [] };
    private List<SqliteTableScript> _scripts = [];
    private SqliteTargetLook? _look;

    private SqliteCopyTarget(DatabaseTarget target, SessionOptions options, SqliteLock? held, SqliteHandle? handle) =>
        (_target, _options, _lock, _handle) = (target, options, held, handle);

    private SqliteHandle Handle => _handle!;

    private IEnumerable<SqliteViewScript> Views => _plan.Views.Select(SqliteViewScript.Of);

    /// <summary>Opens it, under the migration lock unless it is only looked at.</summary>
    public static async Task<SqliteCopyTarget> OpenAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken)
    {
        SqliteTargetFile.Demand(target);
        var isWritten = options.Access != SessionAccess.Read;
        var held = isWritten ? await SqliteLock.TakeAsync(target, options, cancellationToken).ConfigureAwait(false) : null;
        try
        {
            var handle = File.Exists(SqliteTarget.PathOf(target))
                ? await SqliteOpening
                    .OpenAsync(target, isWritten ? options with { Access = SessionAccess.Write } : options, cancellationToken)
                    .ConfigureAwait(false)
                : null;
            return new SqliteCopyTarget(target, options, held, handle);
        }
        catch
        {
            if (held is not null)
                await held.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<TargetPlan> PlanAsync(CopyPlan plan, bool recreates, CancellationToken cancellationToken)
    {
        _plan = plan;
        _scripts = [.. plan.Tables.Select(t => new SqliteTableScript(t))];
        _look = _handle is null
            ? SqliteTargetLook.Of([], plan, recreates)
            : await CallAsync(() => SqliteTargetLook.Of(SqliteSchemaItem.Read(Handle), plan, recreates), cancellationToken)
                .ConfigureAwait(false);
        return new TargetPlan
        {
            Tables = [.. _scripts.Zip(plan.Tables, Describe)],
            Statements =
            [
                .. _look.Drops,
                .. _scripts.Select(s => s.Create),
                .. _scripts.SelectMany(s => s.Indexes).Select(i => i.Statement).OfType<string>(),
                .. Views.Select(v => v.Statement).OfType<string>(),
                .. _scripts.Select(s => SqliteNumbering.Show(s.Table)).OfType<string>(),
            ],
            LeftOut = [.. _scripts.SelectMany(s => s.LeftOut), .. Views.Select(v => v.LeftOut).OfType<LeftOutObject>()],
            Obstacles = _look.Obstacles,
            Replaced = _look.Replaced,
        };
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CopyTable>> BeginAsync(CancellationToken cancellationToken)
    {
        if (_handle is null)
            await CreateFileAsync(cancellationToken).ConfigureAwait(false);
        return await CallAsync(CreateTables, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<int> WidenAsync(int most, CancellationToken cancellationToken) => Task.FromResult(1);

    /// <inheritdoc/>
    public Task<IRowWriter> WriteAsync(CopyTable table, CancellationToken cancellationToken) =>
        CallAsync<IRowWriter>(() => new SqliteRowWriter(Handle, _target, table), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<LeftOutObject>> FinishAsync(CancellationToken cancellationToken) => CallAsync(Build, cancellationToken);

    /// <inheritdoc/>
    public Task<IRowReader> ReadBackAsync(CopyTable table, IReadOnlyList<ReadColumn> columns, CancellationToken cancellationToken) =>
        CallAsync<IRowReader>(
            () => new SqliteRowReader(Handle, _target, TableOf(table.Name), new RowRequest(table.Name, columns)),
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<CopyObstacle>> VerifyAsync(CancellationToken cancellationToken) =>
        CallAsync<IReadOnlyList<CopyObstacle>>(
            () => [.. _scripts.SelectMany(s => SqliteCopyProof.Verify(Handle, s, TableOf(s.Table.Name)))],
            cancellationToken
        );

    /// <inheritdoc/>
    public async Task PublishAsync(CarriedHistory? history, CancellationToken cancellationToken)
    {
        if (history is not null)
            await AppendAsync(history, cancellationToken).ConfigureAwait(false);
        await CallAsync(
                () =>
                {
                    Handle.Execute("COMMIT");
                    return true;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        Handle.Dispose();
        if (_file is not null)
            SqliteTargetFile.Publish(_file, _target);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // What is not committed is rolled back.
        _handle?.Dispose();
        SqliteTargetFile.Remove(_file, _target, _options.Events);
        if (_lock is not null)
            await _lock.DisposeAsync().ConfigureAwait(false);
    }

    private async Task AppendAsync(CarriedHistory carried, CancellationToken cancellationToken)
    {
        // The session owns the connection, which is needed until the file is in its place.
        var history = new SqliteHistory(new SqliteConnection(_file?.Target ?? _target, _options, Handle));
        await history.EnsureAsync(cancellationToken).ConfigureAwait(false);
        var schema = await CallAsync(() => SqliteSchemaReader.Read(Handle, _options.HistoryTable), cancellationToken).ConfigureAwait(false);
        await carried.AppendAsync(history, schema, cancellationToken).ConfigureAwait(false);
    }

    private static TargetTable Describe(SqliteTableScript script, CopyTable planned) =>
        new(
            planned.Name,
            SqliteNames.Quote(planned.Name),
            [.. planned.Columns.Select(c => new TargetColumn(c.Name, c.Name, SqliteTableScript.TypeOf(planned, c)))]
        );

    private async Task CreateFileAsync(CancellationToken cancellationToken)
    {
        _file = SqliteTargetFile.Create(_target);
        _handle = await SqliteOpening
            .OpenAsync(_file.Target, _options with { Access = SessionAccess.Write }, cancellationToken)
            .ConfigureAwait(false);
        // No one else sees the file before it is whole and flushed.
        Handle.Execute("PRAGMA synchronous=0");
    }

    // Rows come in any order, and what is checked of them is checked when all are there.
    private IReadOnlyList<CopyTable> CreateTables()
    {
        Handle.Execute("PRAGMA foreign_keys=0");
        Handle.Execute("PRAGMA ignore_check_constraints=1");
        Handle.Execute("BEGIN IMMEDIATE");
        foreach (var statement in _look!.Drops.Concat(_scripts.Select(s => s.Create)))
            Handle.Execute(statement);
        return [.. _scripts.Select(s => s.Table)];
    }

    private IReadOnlyList<LeftOutObject> Build()
    {
        var refused = new List<LeftOutObject>();
        foreach (var (script, index, statement) in _scripts.SelectMany(s => s.Indexes.Select(i => (s, i.Index, i.Statement))))
        {
            if (statement is not null && Try(statement) is { } words)
                refused.Add(SqliteCopyProof.Refused("index", index.Name, script.Table.Name, $"SQLite says '{words}'", index.Text));
        }

        foreach (var (view, statement) in Views.Where(v => v.Statement is not null).Select(v => (v.View, v.Statement!)))
        {
            // SQLite finds out what is wrong with a view when it is read.
            if (Try(statement, $"SELECT * FROM main.{SqliteNames.Quote(view.Name)} LIMIT 0") is { } words)
                refused.Add(new LeftOutObject("view", view.Name, Table: null, $"SQLite says '{words}'.", view.Text) { IsRefused = true });
        }

        foreach (var script in _scripts)
        {
            SqliteNumbering.Set(Handle, script.Table);
            refused.AddRange(SqliteCopyProof.FindBroken(Handle, script.Table));
        }

        return refused;
    }

    private string? Try(params string[] statements)
    {
        Handle.Execute("SAVEPOINT migrations_part");
        try
        {
            foreach (var statement in statements)
                Handle.Execute(statement);
            return null;
        }
        catch (SqliteFailure e) when (e.PrimaryCode is SqliteCodes.Error or SqliteCodes.Constraint)
        {
            Handle.Execute("ROLLBACK TO migrations_part");
            return e.Message;
        }
        finally
        {
            Handle.Execute("RELEASE migrations_part");
        }
    }

    private SourceTable TableOf(string name) =>
        SourceTable.Read(
            Handle,
            SqliteSchemaItem.Read(Handle).First(i => i.IsPlainTable && string.Equals(i.Name, name, StringComparison.Ordinal))
        );

    private Task<T> CallAsync<T>(Func<T> action, CancellationToken cancellationToken) =>
        SqliteCalls.Call(Handle, _target, action, cancellationToken);
}
