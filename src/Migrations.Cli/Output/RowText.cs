using System.Globalization;

namespace Migrations.Cli.Output;

/// <summary>Values of rows as text, the same for tables, CSV and JSON.</summary>
internal static class RowText
{
    /// <summary>The text of a value; null for NULL.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">The database's name of its type, where it has one.</param>
    public static string? Of(object? value, string? type) =>
        value switch
        {
            null => null,
            bool yes => yes ? "true" : "false",
            byte[] bytes => "\\x" + Convert.ToHexString(bytes).ToLowerInvariant(),
            DateTime date when type is "date" => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            DateTime moment => moment.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
            DateTimeOffset moment => moment.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture),
            float number => number.ToString("R", CultureInfo.InvariantCulture),
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
}
