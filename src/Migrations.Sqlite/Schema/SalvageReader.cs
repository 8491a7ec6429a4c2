using System.Globalization;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Copies what can be read of a damaged table, passing over what cannot.</summary>
/// <param name="source">The damaged database.</param>
/// <param name="destination">The new one, which has the table already.</param>
/// <param name="table">The table.</param>
internal sealed class SalvageReader(SqliteHandle source, SqliteHandle destination, SqliteTableShape table)
{
    private const int MostShown = 5;

    private readonly List<string> _gaps = [];
    private long _refused;
    private long? _highest;

    /// <summary>How many rows were saved.</summary>
    public long Rows { get; private set; }

    /// <summary>What is lost, in a sentence; null when nothing is known to be.</summary>
    public string? Lost
    {
        get
        {
            var parts = new List<string>();
            if (_gaps.Count > 0)
                parts.Add("could not be read: " + string.Join(", ", _gaps.Take(MostShown)) + More);
            if (_refused > 0)
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{_refused:N0} rows break the table's own rules and were left out"));
            return parts.Count == 0 ? null : string.Join("; ", parts) + ".";
        }
    }

    private string More =>
        _gaps.Count > MostShown ? string.Create(CultureInfo.InvariantCulture, $", and {_gaps.Count - MostShown} more places") : "";

    /// <summary>Copies the rows.</summary>
    public void Copy(CancellationToken cancellationToken)
    {
        using var insert = destination.Prepare(table.Insert.Replace("INSERT INTO", "INSERT OR FAIL INTO", StringComparison.Ordinal));
        if (table.HasRowid)
            CopyByNumber(insert, cancellationToken);
        else
            CopyFromBothEnds(insert, cancellationToken);
    }

    private void CopyByNumber(SqliteStatement insert, CancellationToken cancellationToken)
    {
        using var rows = source.Prepare(
            $"SELECT {table.List}, {table.Order} FROM main.{table.Quoted} WHERE {table.Order} >= ?1 ORDER BY {table.Order}"
        );
        long? next = long.MinValue;
        while (next is { } start)
        {
            var last = start == long.MinValue ? null : (long?)(start - 1);
            try
            {
                rows.Bind(1, start);
                while (rows.Step())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var number = rows.Int64(table.Values);
                    Insert(rows, insert);
                    last = number;
                }

                return;
            }
            catch (SqliteFailure e) when (e.IsDamage)
            {
                rows.Reset();
                next = FindNext(last);
                _gaps.Add(Gap(last, next));
            }
        }
    }

    private static string Gap(long? last, long? next) =>
        (last, next) switch
        {
            (null, null) => "all rows",
            (null, _) => string.Create(CultureInfo.InvariantCulture, $"rows before rowid {next}"),
            (_, null) => string.Create(CultureInfo.InvariantCulture, $"rows after rowid {last}"),
            _ when next - last == 2 => string.Create(CultureInfo.InvariantCulture, $"the row with rowid {last + 1}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"rows between rowid {last} and {next}"),
        };

    // Goes on by doubled steps until a row can be read, and then back by halves to the first that can.
    private long? FindNext(long? last)
    {
        if (last == long.MaxValue)
            return null;
        // Damage before the first row that was read: negative numbers are rare.
        var bad = last is null ? 0 : last.Value + 1;
        if (last is null && Probe(1) is { } first)
            return first;
        _highest ??= FindHighest();
        long? good = null;
        for (long step = 1; good is null && step > 0 && bad < _highest; step *= 2)
        {
            var ahead = step > _highest - bad ? _highest.Value : bad + step;
            if (Probe(ahead) is not null)
                good = ahead;
            else
                bad = ahead;
        }

        if (good is null)
            return null;
        var below = bad;
        while (good - below > 1)
        {
            var middle = below + ((good.Value - below) / 2);
            if (Probe(middle) is not null)
                good = middle;
            else
                below = middle;
        }

        return Probe(good.Value);
    }

    private long FindHighest()
    {
        try
        {
            return source.QueryInt64($"SELECT max({table.Order}) FROM main.{table.Quoted}") ?? 0;
        }
        catch (SqliteFailure e) when (e.IsDamage)
        {
            return long.MaxValue;
        }
    }

    private long? Probe(long number)
    {
        using var rows = source.Prepare(
            $"SELECT {table.Order} FROM main.{table.Quoted} WHERE {table.Order} >= ?1 ORDER BY {table.Order} LIMIT 1"
        );
        try
        {
            rows.Bind(1, number);
            return rows.Step() ? rows.Int64(0) : null;
        }
        catch (SqliteFailure e) when (e.IsDamage)
        {
            return null;
        }
    }

    private void CopyFromBothEnds(SqliteStatement insert, CancellationToken cancellationToken)
    {
        if (CopyUntilDamage(insert, table.Order, cancellationToken) || table.Order.Length == 0)
            return;
        var before = _refused;
        _ = CopyUntilDamage(insert, table.Backwards, cancellationToken);
        // What was read from both ends is refused the second time.
        _refused = before;
    }

    private bool CopyUntilDamage(SqliteStatement insert, string order, CancellationToken cancellationToken)
    {
        try
        {
            using var rows = source.Prepare(
                $"SELECT {table.List} FROM main.{table.Quoted}{(order.Length == 0 ? "" : " ORDER BY " + order)}"
            );
            while (rows.Step())
            {
                cancellationToken.ThrowIfCancellationRequested();
                Insert(rows, insert);
            }

            return true;
        }
        catch (SqliteFailure e) when (e.IsDamage)
        {
            if (_gaps.Count == 0)
                _gaps.Add("rows in the middle");
            return false;
        }
    }

    private void Insert(SqliteStatement row, SqliteStatement insert)
    {
        try
        {
            SqliteRowCopy.Copy(row, insert, table.Values);
            Rows++;
        }
        catch (SqliteFailure e) when (e.PrimaryCode is SqliteCodes.Constraint or SqliteCodes.Mismatch)
        {
            _refused++;
        }
    }
}
