using Migrations.Databases;

namespace Migrations.Integrity;

/// <summary><c>-- expect: values a, b, c</c>: the first column of all rows of the last statement, in this order.</summary>
/// <param name="Values">The values.</param>
public sealed record ValuesExpectation(IReadOnlyList<string> Values) : CheckExpectation
{
    /// <inheritdoc/>
    public override bool IsMet(QueryAnswer answer) =>
        answer.RowCount == Values.Count && Found(answer).SequenceEqual(Values, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override string Describe(QueryAnswer answer) =>
        answer.RowCount == 0
            ? "no row"
            : $"values {string.Join(", ", Found(answer))}{(answer.RowCount > answer.Rows.Count ? ", ..." : "")}";

    /// <inheritdoc/>
    public bool Equals(ValuesExpectation? other) => other is not null && Values.SequenceEqual(other.Values, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        Values.Aggregate(17, (hash, value) => HashCode.Combine(hash, StringComparer.Ordinal.GetHashCode(value)));

    /// <inheritdoc/>
    public override string ToString() => "values " + string.Join(", ", Values);

    private static IEnumerable<string> Found(QueryAnswer answer) => answer.Rows.Select(row => row[0] ?? "null");
}
