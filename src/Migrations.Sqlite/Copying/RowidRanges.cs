using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>The rows of a table in ranges of their numbers, which several readers take in turn until none is left.</summary>
internal sealed class RowidRanges
{
    // Enough for readers to end at about the same time, however unevenly the numbers are given.
    private const int Count = 256;
    private const int FewRows = 50_000;

    private readonly object _lock = new();
    private readonly Int128 _last;
    private readonly Int128 _length;
    private Int128 _next;

    private RowidRanges(string column, long first, long last)
    {
        Column = SqliteNames.Quote(column);
        (_next, _last) = (first, last);
        _length = ((_last - first) / Count) + 1;
    }

    /// <summary>Whether there may be enough rows for several readers to be faster than one.</summary>
    public bool IsWorthSharing => _last - _next >= FewRows;

    private string Column { get; }

    /// <summary>Finds them; null for a table whose rows have no numbers, or that has none.</summary>
    public static RowidRanges? Of(SqliteHandle handle, SourceTable table)
    {
        if (!table.Shape.HasRowid)
            return null;
        var (column, name) = (SqliteNames.Quote(table.KeyColumns[0]), table.Shape.Quoted);
        // Two questions: each of them is answered by the first entry of the tree.
        return
            handle.QueryInt64($"SELECT min({column}) FROM main.{name}") is { } first
            && handle.QueryInt64($"SELECT max({column}) FROM main.{name}") is { } last
            ? new RowidRanges(table.KeyColumns[0], first, last)
            : null;
    }

    /// <summary>What a query of them ends with; nothing for all rows.</summary>
    public static string Condition(RowidRanges? ranges) => ranges is null ? "" : $" WHERE {ranges.Column} BETWEEN ?1 AND ?2";

    /// <summary>Makes a query with <see cref="Condition"/> ready to run for the next range.</summary>
    /// <returns>False when none is left.</returns>
    public bool TryBind(SqliteStatement query)
    {
        if (!TryTake(out var first, out var last))
            return false;
        query.Reset();
        query.Bind(1, (long?)first);
        query.Bind(2, (long?)last);
        return true;
    }

    private bool TryTake(out long first, out long last)
    {
        lock (_lock)
        {
            (first, last) = (0, 0);
            if (_next > _last)
                return false;
            first = (long)_next;
            last = (long)Int128.Min(_next + _length - 1, _last);
            _next = (Int128)last + 1;
            return true;
        }
    }
}
