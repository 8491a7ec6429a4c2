using System.Globalization;

namespace Migrations.Integrity;

/// <summary>Reads what stands behind <c>-- expect:</c>.</summary>
internal static class CheckExpectationParser
{
    /// <summary>The forms that there are, for messages.</summary>
    public const string Forms =
        "rows 0, rows > 0, value 1, value null, values a, b, error <words or code>, plan <words>, plan without <words>";

    /// <summary>Reads an expectation; null when it is malformed.</summary>
    public static CheckExpectation? Parse(string text)
    {
        var blank = text.IndexOfAny([' ', '\t']);
        var (word, rest) = blank < 0 ? (text, "") : (text[..blank], text[blank..].Trim());
        return word.ToUpperInvariant() switch
        {
            "ROWS" => Rows(rest),
            "VALUE" => Value(rest),
            "VALUES" when rest.Length > 0 => new ValuesExpectation([.. rest.Split(',', StringSplitOptions.TrimEntries)]),
            "ERROR" when rest.Length > 0 => new ErrorExpectation(rest),
            "PLAN" when rest.Length > 0 => Plan(rest),
            _ => null,
        };
    }

    private static RowsExpectation? Rows(string text)
    {
        var (item, rest) = CheckOperators.Read(text);
        return long.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new RowsExpectation(item, count)
            : null;
    }

    private static ValueExpectation? Value(string text)
    {
        var (item, rest) = CheckOperators.Read(text);
        if (rest.Length == 0)
            return null;
        // Quotes allow what would else be read as an operator, as NULL, or as nothing.
        if (rest is ['\'', .., '\''] && rest.Length > 1)
            return new ValueExpectation(item, rest[1..^1]);
        return new ValueExpectation(item, string.Equals(rest, "null", StringComparison.OrdinalIgnoreCase) ? null : rest);
    }

    private static PlanExpectation? Plan(string text)
    {
        const string Without = "without ";
        return text.StartsWith(Without, StringComparison.OrdinalIgnoreCase)
            ? new PlanExpectation(text[Without.Length..].Trim(), IsAbsent: true)
            : new PlanExpectation(text, IsAbsent: false);
    }
}
