using System.Diagnostics;
using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>
/// Remembers which locks our backend has taken on tables that others can see, and which of them got new files: a rewrite
/// (<see href="https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES"/>).
/// </summary>
/// <param name="connection">The connection.</param>
internal sealed class LockWatch(PostgreSqlConnection connection)
{
    // From the strongest: what a lock of this mode keeps others from.
    private static readonly string[] Modes =
    [
        "AccessExclusiveLock",
        "ExclusiveLock",
        "ShareRowExclusiveLock",
        "ShareLock",
        "ShareUpdateExclusiveLock",
        "RowExclusiveLock",
        "RowShareLock",
        "AccessShareLock",
    ];

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Dictionary<long, (string Name, long File)> _tables = [];
    private readonly Dictionary<(long Table, string Mode), (int Line, TimeSpan Since)> _held = [];
    private readonly List<string> _rewrites = [];
    private TimeSpan _end;

    /// <summary>Tables that were rewritten.</summary>
    public IReadOnlyList<string> Rewrites => _rewrites;

    /// <summary>Learns which tables there are before the step.</summary>
    public Task BeginAsync(CancellationToken cancellationToken) =>
        connection.QueryAsync(
            $"""
            SELECT c.oid::bigint, {CatalogueScope.Qualified("n", "c.relname")}, c.relfilenode::bigint FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'm') AND {CatalogueScope.IsUsers("n")}
                AND c.oid <> COALESCE(pg_catalog.to_regclass($1)::oid, 0::oid)
            """,
            row => _tables[row.GetInt64(0)] = (row.GetString(1), row.GetInt64(2)),
            cancellationToken,
            HistoryTable.Of(connection.Options)
        );

    /// <summary>Looks after a statement.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="took">How long ago it began, on the caller's clock; locks are held from then on.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task ReadAsync(SqlPiece statement, TimeSpan took, CancellationToken cancellationToken)
    {
        var since = _clock.Elapsed - took;
        var writes = new StatementWords(statement.Text)[0] is not ("TRUNCATE" or "DROP");
        await connection
            .QueryAsync(
                """
                SELECT l.relation::bigint, l.mode, c.relfilenode::bigint FROM pg_catalog.pg_locks l
                    LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation
                WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.granted AND l.relation >= 16384
                """,
                row => Remember(row.GetInt64(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetInt64(2), statement.Line, since, writes),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>The transaction has ended, and with it every lock.</summary>
    public void End() => _end = _clock.Elapsed;

    /// <summary>The locks, strongest first.</summary>
    public IReadOnlyList<TableLock> Locks() =>
        [
            .. _held
                .OrderBy(h => Array.IndexOf(Modes, h.Key.Mode))
                .ThenBy(h => _tables[h.Key.Table].Name, StringComparer.Ordinal)
                .Select(h => new TableLock(_tables[h.Key.Table].Name, Word(h.Key.Mode), h.Value.Line, _end - h.Value.Since)),
        ];

    private void Remember(long table, string mode, long? file, int line, TimeSpan since, bool writes)
    {
        // A table that the step itself has made belongs to no one else yet.
        if (!_tables.TryGetValue(table, out var known))
            return;
        _held.TryAdd((table, mode), (line, since));
        if (file is { } now && now != known.File)
        {
            if (writes && !_rewrites.Contains(known.Name, StringComparer.Ordinal))
                _rewrites.Add(known.Name);
            _tables[table] = known with { File = now };
        }
    }

    /// <summary>The mode as the manual writes it: <c>ACCESS EXCLUSIVE</c>.</summary>
    private static string Word(string mode) =>
        string.Concat(mode[..^"Lock".Length].Select((c, i) => char.IsUpper(c) && i > 0 ? " " + c : c.ToString())).ToUpperInvariant();
}
