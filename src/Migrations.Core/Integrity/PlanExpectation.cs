using Migrations.Databases;

namespace Migrations.Integrity;

/// <summary>
/// <c>-- expect: plan USING INDEX idx_x</c>, or <c>-- expect: plan without SCAN orders</c>: words in the plan of the last statement.
/// </summary>
/// <param name="Text">The words, in any case.</param>
/// <param name="IsAbsent">Whether they must not be there.</param>
public sealed record PlanExpectation(string Text, bool IsAbsent) : CheckExpectation
{
    /// <inheritdoc/>
    public override bool WantsPlan => true;

    /// <inheritdoc/>
    public override bool IsOfRows => false;

    /// <inheritdoc/>
    public override bool IsMet(QueryAnswer answer) =>
        answer.Plan is { } plan && plan.Contains(Text, StringComparison.OrdinalIgnoreCase) != IsAbsent;

    /// <inheritdoc/>
    public override string Describe(QueryAnswer answer) => answer.Plan ?? "no plan";

    /// <inheritdoc/>
    public override string ToString() => (IsAbsent ? "plan without " : "plan ") + Text;
}
