using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>The tables of other migration tools in an SQLite file.</summary>
/// <param name="connection">The connection.</param>
/// <param name="history">The own history.</param>
internal sealed class SqliteForeignTables(SqliteConnection connection, HistoryTable history) : IForeignTables
{
    private readonly SqliteHandle _handle = connection.Handle;

    /// <inheritdoc/>
    public string DropHistory => $"DROP TABLE main.{history.Quoted}";

    /// <inheritdoc/>
    public Task<IReadOnlyList<ForeignTable>> FindAsync(IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        connection.Call(() => Find(names), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ForeignRow>> ReadAsync(ForeignTable table, CancellationToken cancellationToken) =>
        connection.Call(() => Read(table), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>No tool has a lock on SQLite that is an engine's; the transaction that writes keeps all of them out.</remarks>
    public Task<IAsyncDisposable> LockAsync(long key, string holder, CancellationToken cancellationToken) =>
        Task.FromResult<IAsyncDisposable>(new NoLock());

    /// <inheritdoc/>
    /// <remarks>The transaction that writes is the only one that does.</remarks>
    public Task HoldAsync(ForeignTable table, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task ExecuteAsync(IReadOnlyList<string> statements, CancellationToken cancellationToken) =>
        connection.Call(
            () =>
            {
                foreach (var statement in statements)
                    _handle.Execute(statement);
                return true;
            },
            cancellationToken
        );

    // https://sqlite.org/pragma.html#pragfunc
    private IReadOnlyList<ForeignTable> Find(IReadOnlyList<string> names)
    {
        var columns = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var wanted = string.Join(", ", names.Select(n => SqliteNormalForm.Literal(n.ToLowerInvariant())));
        using var rows = _handle.Prepare(
            "SELECT m.name, c.name FROM main.sqlite_schema m JOIN pragma_table_info(m.name, 'main') c"
                + $" WHERE m.type = 'table' AND lower(m.name) IN ({wanted}) ORDER BY m.name, c.cid"
        );
        while (rows.Step())
        {
            var name = rows.Text(0)!;
            if (!columns.TryGetValue(name, out var list))
                columns.Add(name, list = []);
            list.Add(rows.Text(1)!);
        }

        return
        [
            .. columns.Select(c => new ForeignTable
            {
                Name = c.Key,
                Sql = SqliteNames.Quote(c.Key),
                Columns = c.Value,
            }),
        ];
    }

    private IReadOnlyList<ForeignRow> Read(ForeignTable table)
    {
        var found = new List<ForeignRow>();
        using var rows = _handle.Prepare($"SELECT * FROM main.{table.Sql}");
        while (rows.Step())
        {
            var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            for (var i = 0; i < rows.Columns; i++)
                values[rows.NameOf(i)] = rows.TypeOf(i) == SqliteType.Blob ? Hexadecimal(rows.Bytes(i)) : rows.Text(i);
            found.Add(new ForeignRow(values));
        }

        return found;
    }

    private static string Hexadecimal(ReadOnlySpan<byte> bytes) => @"\x" + Convert.ToHexString(bytes).ToLowerInvariant();

    private sealed class NoLock : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
