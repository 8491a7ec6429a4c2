using Npgsql;
using NpgsqlTypes;

namespace Migrations.PostgreSql;

/// <summary>
/// The rows of the history that this session has read or written: the number and the places that they must still have when a script may
/// have changed the table where no counter shows it. Comparing them reads the whole table, so it is only done where a script has taken a
/// lock for writing, where code of the user's runs with our row, and once for the transaction of a whole run.
/// </summary>
/// <param name="table">The history table, as it stands in statements.</param>
internal sealed class KnownRows(string table)
{
    private readonly List<string> _places = [];
    private long _read;
    private long _lastMark;
    private long _marks;
    private long _own;
    private Guid _runId;

    /// <summary>The number of the last row that was read; null when none was read yet.</summary>
    public long? LastRead { get; private set; }

    /// <summary>How many rows this session has written in the transaction that is open.</summary>
    public int Open => _places.Count;

    /// <summary>All rows were read.</summary>
    /// <param name="last">The number of the last one.</param>
    /// <param name="lastMark">The transaction that wrote it
    /// (<see href="https://www.postgresql.org/docs/current/ddl-system-columns.html">xmin</see>): an update would be another one.</param>
    /// <param name="marks">The sum of the transactions that wrote them.</param>
    public void Read(long last, long lastMark, long marks) => (LastRead, _read, _lastMark, _marks, _own) = (last, last, lastMark, marks, 0);

    /// <summary>There is no table.</summary>
    public void Forget() => (LastRead, _read, _lastMark, _marks, _own) = (null, 0, 0, 0, 0);

    /// <summary>Only the number of the last row was read: if it is another one, what the others are is no longer known.</summary>
    public void ReadLast(long last)
    {
        if (last != LastRead)
            (LastRead, _read, _lastMark, _marks, _own) = (last, 0, 0, 0, 0);
    }

    /// <summary>A row was written in the transaction that is open.</summary>
    /// <param name="place">Where it stands
    /// (<see href="https://www.postgresql.org/docs/current/ddl-system-columns.html">ctid</see>): an update would give it another
    /// place.</param>
    public void Wrote(string place) => _places.Add(place);

    /// <summary>The transaction has ended well.</summary>
    public void Commit()
    {
        _own += _places.Count;
        _places.Clear();
    }

    /// <summary>The transaction was rolled back, or a new one begins.</summary>
    public void RollBack() => _places.Clear();

    /// <summary>Adds what <see cref="AreKept"/> compares with, as the first six parameters of a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="runId">The run whose rows this session writes.</param>
    /// <param name="written">How many rows the transaction has written.</param>
    public void AddTo(NpgsqlBatchCommand command, Guid runId, long written)
    {
        if (runId != _runId)
            (_runId, _own) = (runId, 0);
        command.Parameters.Add(PostgreSqlText.Parameter(runId, NpgsqlDbType.Uuid));
        foreach (var number in (long[])[_read, _lastMark, _marks, _own, written])
            command.Parameters.Add(PostgreSqlText.Parameter((long?)number));
    }

    /// <summary>
    /// An expression: whether the rows that were read are as they were, those that were committed since are there, and the transaction has
    /// written as many as it should. No part of it depends on a parameter alone: the server would plan it again and again for each value.
    /// </summary>
    public string AreKept =>
        $"""
            (SELECT COALESCE(pg_catalog.sum({Mark("k")}) FILTER (WHERE k.id OPERATOR(pg_catalog.<=) $2), 0::pg_catalog."numeric")
                    OPERATOR(pg_catalog.=) $4::pg_catalog."numeric"
                AND pg_catalog.count(*) FILTER (WHERE k.id OPERATOR(pg_catalog.>) $2 AND k.run_id OPERATOR(pg_catalog.=) $1
                    AND NOT ({IsWritten("k")})) OPERATOR(pg_catalog.>=) $5
                AND pg_catalog.count(*) FILTER (WHERE k.id OPERATOR(pg_catalog.>) $2 AND {IsWritten("k")}) OPERATOR(pg_catalog.=) $6
                FROM ONLY {table} k)
            """;

    /// <summary>An expression: whether the last row that was read is there, as it was.</summary>
    public string IsLastKept =>
        $"""
            (SELECT pg_catalog.count(*) FROM ONLY {table} k WHERE k.id OPERATOR(pg_catalog.=) $2 AND {Mark("k")} OPERATOR(pg_catalog.=) $3)
                OPERATOR(pg_catalog.>=) CASE WHEN $2 OPERATOR(pg_catalog.=) 0::pg_catalog.int8 THEN 0::pg_catalog.int8
                    ELSE 1::pg_catalog.int8 END
            """;

    /// <summary>An expression: whether the rows of the open transaction are where this session has written them.</summary>
    public string AreInPlace =>
        $"(SELECT pg_catalog.count(*) OPERATOR(pg_catalog.=) {_places.Count} FROM ONLY {table} k WHERE k.ctid OPERATOR(pg_catalog.=) "
        + $"ANY ('{{{string.Join(',', _places.Select(p => $"\"{p}\""))}}}'::pg_catalog.tid[]) AND {IsWritten("k")})";

    /// <summary>An expression: the transaction that wrote a row, as a number. It stays when the row is frozen.</summary>
    /// <param name="row">The row's name.</param>
    public static string Mark(string row) => $"{row}.xmin::pg_catalog.text::pg_catalog.int8";

    /// <summary>
    /// An expression: whether the transaction, or a part of it, has written a row. The numbers of its parts follow its own. That many
    /// behind the last one that other sessions can see may be ours. Numbers come round again after four thousand millions: only rows that
    /// are younger than the session may be asked about.
    /// </summary>
    /// <param name="row">The row's name.</param>
    private static string IsWritten(string row)
    {
        const string Own = "pg_catalog.pg_current_xact_id()";
        var since = $"(pg_catalog.age({row}.xmin)::pg_catalog.int8 OPERATOR(pg_catalog.-) pg_catalog.age({Own}::pg_catalog.xid))";
        return $"{since} OPERATOR(pg_catalog.<=) 0 AND {since} OPERATOR(pg_catalog.>=) ({Own}::pg_catalog.text::pg_catalog.int8 "
            + "OPERATOR(pg_catalog.-) pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::pg_catalog.text::pg_catalog.int8 "
            + "OPERATOR(pg_catalog.-) 10000000)";
    }
}
