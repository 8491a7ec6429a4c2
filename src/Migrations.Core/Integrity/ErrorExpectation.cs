using Migrations.Databases;

namespace Migrations.Integrity;

/// <summary>
/// <c>-- expect: error CHECK constraint failed</c>: the database refuses a statement, with these words or this code in its answer.
/// </summary>
/// <param name="Text">A part of the message, in any case, or the whole code (a SQLSTATE, or SQLite's extended code).</param>
public sealed record ErrorExpectation(string Text) : CheckExpectation
{
    /// <inheritdoc/>
    public override bool IsOfRows => false;

    /// <inheritdoc/>
    public override bool IsMet(QueryAnswer answer) =>
        answer.Error is { } error
        && (
            error.Message.Contains(Text, StringComparison.OrdinalIgnoreCase)
            || string.Equals(error.Code, Text, StringComparison.OrdinalIgnoreCase)
        );

    /// <inheritdoc/>
    public override string Describe(QueryAnswer answer) => answer.Error is { } error ? $"error {error.Message}" : "no error";

    /// <inheritdoc/>
    public override string ToString() => "error " + Text;
}
