using System.Diagnostics;
using Migrations.Databases;

namespace Migrations.Integrity;

/// <summary>Asks declared checks, one after another, each in a transaction that is rolled back.</summary>
internal static class DeclaredChecks
{
    /// <summary>Asks one.</summary>
    /// <exception cref="MigrationException">The connection broke.</exception>
    public static async Task<CheckResult> AskAsync(IDatabaseInspector inspector, DeclaredCheck check, TimeSpan limit, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var query = new Query { Sql = check.Sql, Location = check.Location, Explain = check.Expectation.WantsPlan, Timeout = check.Timeout ?? limit };
        try
        {
            return Judge(check, await inspector.AskAsync(query, cancellationToken).ConfigureAwait(false)) with { Duration = watch.Elapsed };
        }
        catch (MigrationException e) when (e.Category is not (FailureCategory.Connection or FailureCategory.Cancelled))
        {
            // A question that is refused as a whole (a COMMIT in it) must not keep the others from being asked.
            return new CheckResult
            {
                Name = check.Name,
                Category = CheckCategory.Declared,
                Status = CheckStatus.Fail,
                Expected = check.Expectation.ToString(),
                Message = e.Message,
                Recommendation = e.NextStep,
                Target = check.Location.ToString(),
                Duration = watch.Elapsed,
            };
        }
    }

    /// <summary>Judges an answer. Pure.</summary>
    internal static CheckResult Judge(DeclaredCheck check, QueryAnswer answer)
    {
        // An error that nobody expects means that the question was not answered as meant: never a pass, whatever the rows before it were.
        var isMet = check.Expectation.IsMet(answer) && (answer.Error is null || check.Expectation is ErrorExpectation);
        var actual = answer.Error is { } error && check.Expectation is not ErrorExpectation
            ? $"error {error.Message}{(error.Code is null ? "" : $" [{error.Code}]")} at {error.Location ?? check.Location}"
            : check.Expectation.Describe(answer);
        var result = new CheckResult
        {
            Name = check.Name,
            Category = CheckCategory.Declared,
            Status = isMet ? CheckStatus.Pass : check.Severity,
            Expected = check.Expectation.ToString(),
            Actual = actual,
            Message = isMet ? "As expected." : $"Expected {check.Expectation}, found {actual}.",
            Recommendation = isMet ? null : check.Recommendation ?? "See the check: " + check.Location,
            Target = check.Location.ToString(),
        };
        return answer.Remains.Count == 0 ? result : result with
        {
            Status = isMet ? CheckStatus.Warn : check.Severity,
            Message = $"{result.Message} Not undone: {string.Join(' ', answer.Remains)}",
            Recommendation = result.Recommendation ?? "Run it on a copy, where that does not matter.",
        };
    }
}
