using System.Globalization;
using System.Text;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Writes a value as SQL, so that an INSERT stores just the same.</summary>
internal static class RowLiteral
{
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

    private static string OfReal(double value)
    {
        if (double.IsInfinity(value))
            return value > 0 ? "9e999" : "-9e999";
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
    }
}
