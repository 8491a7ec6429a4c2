using System.Globalization;
using Migrations.Databases;

namespace Migrations.Integrity;

/// <summary><c>-- expect: rows 0</c>: how many rows the last statement gives.</summary>
/// <param name="Operator">How they are compared.</param>
/// <param name="Count">With how many.</param>
public sealed record RowsExpectation(CheckOperator Operator, long Count) : CheckExpectation
{
    private const int ShownRows = 3;

    /// <inheritdoc/>
    public override bool IsMet(QueryAnswer answer) => CheckOperators.Holds(Operator, answer.RowCount.CompareTo(Count));

    /// <inheritdoc/>
    public override string Describe(QueryAnswer answer)
    {
        var count = "rows " + answer.RowCount.ToString(CultureInfo.InvariantCulture);
        // The first offending rows say more than their number.
        return IsMet(answer) || answer.Rows.Count == 0
            ? count
            : $"{count}: {string.Join("; ", answer.Rows.Take(ShownRows).Select(Row))}{(answer.RowCount > ShownRows ? "; ..." : "")}";

        string Row(IReadOnlyList<string?> values) =>
            string.Join(", ", values.Select((v, i) => $"{answer.Columns.ElementAtOrDefault(i)} = {v ?? "NULL"}"));
    }

    /// <inheritdoc/>
    public override string ToString() => "rows " + CheckOperators.Write(Operator) + Count.ToString(CultureInfo.InvariantCulture);
}
