namespace Migrations.Integrity;

/// <summary>Reads, writes and applies the operators of expectations.</summary>
internal static class CheckOperators
{
    // Longer ones first, so that >= is not read as >.
    private static readonly (string Text, CheckOperator Operator)[] All =
    [
        ("<>", CheckOperator.NotEqual),
        ("!=", CheckOperator.NotEqual),
        ("<=", CheckOperator.LessOrEqual),
        (">=", CheckOperator.GreaterOrEqual),
        ("<", CheckOperator.Less),
        (">", CheckOperator.Greater),
        ("=", CheckOperator.Equal),
    ];

    /// <summary>Takes an operator off the front of a text; none means equal.</summary>
    public static (CheckOperator Operator, string Remainder) Read(string text)
    {
        foreach (var (sign, item) in All)
        {
            if (text.StartsWith(sign, StringComparison.Ordinal))
                return (item, text[sign.Length..].TrimStart());
        }

        return (CheckOperator.Equal, text);
    }

    /// <summary>The operator with a blank behind it, as an expectation is written; nothing for equal.</summary>
    public static string Write(CheckOperator item) =>
        item switch
        {
            CheckOperator.Equal => "",
            CheckOperator.NotEqual => "<> ",
            CheckOperator.Less => "< ",
            CheckOperator.LessOrEqual => "<= ",
            CheckOperator.Greater => "> ",
            _ => ">= ",
        };

    /// <summary>Whether the result of comparing the two sides with <see cref="IComparable"/> satisfies the operator.</summary>
    public static bool Holds(CheckOperator item, int comparison) =>
        item switch
        {
            CheckOperator.Equal => comparison == 0,
            CheckOperator.NotEqual => comparison != 0,
            CheckOperator.Less => comparison < 0,
            CheckOperator.LessOrEqual => comparison <= 0,
            CheckOperator.Greater => comparison > 0,
            _ => comparison >= 0,
        };
}
