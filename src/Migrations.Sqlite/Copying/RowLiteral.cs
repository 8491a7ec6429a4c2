using System.Globalization;
using System.Text;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Writes a value as SQL, so that an INSERT stores just the same.</summary>
internal static class RowLiteral
{
    private const int LongestShown = 40;

    /// <summary>Writes it. A text that is not clean UTF-8 is written by its bytes.</summary>
    public static string Of(SqliteStatement row, int column) =>
        row.TypeOf(column) switch
        {
            SqliteType.Null => "NULL",
            SqliteType.Integer => row.Int64(column).ToString(CultureInfo.InvariantCulture),
            SqliteType.Real => OfReal(row.Double(column)),
            SqliteType.Text when RowEncoder.IsCleanText(row.Bytes(column)) =>
                $"'{Encoding.UTF8.GetString(row.Bytes(column)).Replace("'", "''", StringComparison.Ordinal)}'",
            SqliteType.Text => $"CAST(x'{Convert.ToHexString(row.Bytes(column))}' AS TEXT)",
            _ => $"x'{Convert.ToHexString(row.Bytes(column))}'",
        };

    /// <summary>Writes it for people: a long one is cut.</summary>
    public static string Short(SqliteStatement row, int column)
    {
        if (row.TypeOf(column) is SqliteType.Integer or SqliteType.Real || row.Bytes(column).Length <= LongestShown)
            return Of(row, column);
        var start = row.Bytes(column)[..LongestShown];
        var shown =
            row.TypeOf(column) == SqliteType.Text && !start.Contains((byte)0)
                ? $"'{Encoding.UTF8.GetString(start).TrimEnd('\uFFFD')}...'"
                : $"x'{Convert.ToHexString(start)}...'";
        return string.Create(CultureInfo.InvariantCulture, $"{shown} ({row.Bytes(column).Length} bytes)");
    }

    private static string OfReal(double value)
    {
        if (double.IsInfinity(value))
            return value > 0 ? "9e999" : "-9e999";
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
    }
}
