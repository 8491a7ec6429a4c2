using System.Globalization;
using Migrations.Databases;

namespace Migrations.Integrity;

/// <summary><c>-- expect: value 1</c>: the first column of the first row of the last statement.</summary>
/// <param name="Operator">How it is compared: as numbers where both are, else as text.</param>
/// <param name="Value">With what; null represents NULL.</param>
public sealed record ValueExpectation(CheckOperator Operator, string? Value) : CheckExpectation
{
    /// <inheritdoc/>
    public override bool IsMet(QueryAnswer answer)
    {
        if (answer.Rows.Count == 0)
            return false;
        var found = answer.Rows[0][0];
        if (Value is null || found is null)
            return CheckOperators.Holds(Operator, (Value is null) == (found is null) ? 0 : 1)
                && Operator is CheckOperator.Equal or CheckOperator.NotEqual;
        return CheckOperators.Holds(Operator, Compare(found, Value));
    }

    /// <inheritdoc/>
    public override string Describe(QueryAnswer answer) => answer.Rows.Count == 0 ? "no row" : "value " + (answer.Rows[0][0] ?? "null");

    /// <inheritdoc/>
    public override string ToString() => "value " + CheckOperators.Write(Operator) + (Value ?? "null");

    private static int Compare(string found, string wanted) =>
        decimal.TryParse(found, NumberStyles.Float, CultureInfo.InvariantCulture, out var left)
        && decimal.TryParse(wanted, NumberStyles.Float, CultureInfo.InvariantCulture, out var right)
            ? left.CompareTo(right)
            : string.CompareOrdinal(found, wanted);
}
