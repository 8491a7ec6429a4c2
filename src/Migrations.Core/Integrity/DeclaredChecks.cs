using System.Diagnostics;
using Migrations.Databases;

namespace Migrations.Integrity;

/// <summary>Asks declared checks, one after another, each in a transaction that is rolled back.</summary>
internal static class DeclaredChecks
{
    /// <summary>Asks one.</summary>
    /// <param name="inspector">Asks it.</param>
    /// <param name="check">The check.</param>
    /// <param name="limit">The longest that it may take when it does not say so itself.</param>
    /// <param name="unfilled">The tables without rows, on a copy; null elsewhere.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">It was cancelled.</exception>
    public static async Task<CheckResult> AskAsync(
        IDatabaseInspector inspector,
        DeclaredCheck check,
        TimeSpan limit,
        UnfilledTables? unfilled,
        CancellationToken cancellationToken
    )
    {
        var watch = Stopwatch.StartNew();
        var query = new Query
        {
            Sql = check.Sql,
            Location = check.Location,
            Explain = check.Expectation.WantsPlan,
            Timeout = check.Timeout ?? limit,
        };
        try
        {
            return Judge(check, await inspector.AskAsync(query, cancellationToken).ConfigureAwait(false), unfilled) with
            {
                Duration = watch.Elapsed,
            };
        }
        catch (MigrationException e) when (e.Id == ErrorId.ReachesBeyondCopy)
        {
            return NotRun(check, e.Message) with { Duration = watch.Elapsed, NextStep = e.NextStep };
        }
        catch (MigrationException e) when (e.Category is not FailureCategory.Cancelled)
        {
            // A question that is refused as a whole (a COMMIT in it), or that breaks the connection, must not keep the others from being
            // asked.
            return new CheckResult
            {
                Name = check.Name,
                Category = CheckCategory.Declared,
                Status = CheckStatus.Fail,
                Expected = check.Expectation.ToString(),
                Message = e.Message,
                NextStep = e.NextStep,
                Target = check.Location.ToString(),
                Duration = watch.Elapsed,
            };
        }
    }

    /// <summary>A check that was not asked.</summary>
    public static CheckResult NotRun(DeclaredCheck check, string why) =>
        new()
        {
            Name = check.Name,
            Category = CheckCategory.Declared,
            Status = CheckStatus.NotRun,
            Expected = check.Expectation.ToString(),
            Message = why,
            Target = check.Location.ToString(),
        };

    /// <summary>Judges an answer. Pure.</summary>
    /// <param name="check">The check.</param>
    /// <param name="answer">Its answer.</param>
    /// <param name="unfilled">The tables without rows, on a copy; null elsewhere.</param>
    internal static CheckResult Judge(DeclaredCheck check, QueryAnswer answer, UnfilledTables? unfilled)
    {
        // An unexpected error means that the check was not answered: never a pass, whatever the rows before it were.
        var isMet = check.Expectation.IsMet(answer) && (answer.Error is null || check.Expectation is ErrorExpectation);
        var actual =
            answer.Error is { } error && check.Expectation is not ErrorExpectation
                ? "error " + Said(error, check)
                : check.Expectation.Describe(answer);
        // An error gives its own place.
        var place = answer.Error is null || check.Expectation is ErrorExpectation ? $" ({check.Location})" : "";
        var result = new CheckResult
        {
            Name = check.Name,
            Category = CheckCategory.Declared,
            Status = isMet ? CheckStatus.Pass : check.Severity,
            Expected = check.Expectation.ToString(),
            Actual = actual,
            Message = isMet ? "As expected." : $"Expected {check.Expectation}, found {actual}{place}.",
            NextStep = isMet ? null : check.Recommendation ?? "See the check: " + check.Location,
            Target = check.Location.ToString(),
        };
        if (unfilled is not null && WhyNotShown(check, answer, isMet, unfilled) is { } why)
            return NotShown(result, why);
        return answer.Remains.Count == 0
            ? result
            : result with
            {
                Status = isMet ? CheckStatus.Warn : check.Severity,
                Message = $"{result.Message} Not rolled back: {string.Join(' ', answer.Remains)}",
                NextStep = result.NextStep ?? "Run it on a copy, where this does not matter.",
            };
    }

    /// <summary>An error with its code and its place, each of them once: the database's words have them mostly.</summary>
    private static string Said(StatementException error, DeclaredCheck check)
    {
        var code = error.Code is null || error.Message.Contains(error.Code, StringComparison.Ordinal) ? "" : $" [{error.Code}]";
        var place = error.Location ?? check.Location;
        return error.Message + code + (error.Message.Contains(place.ToString(), StringComparison.Ordinal) ? "" : $" at {place}");
    }

    /// <summary>What the copy lacks, where the answer rests on it; null where the answer counts.</summary>
    private static string? WhyNotShown(DeclaredCheck check, QueryAnswer answer, bool isMet, UnfilledTables unfilled)
    {
        // A row cannot be added to a copy whose tables are empty when it refers to one that would have to be there, also where the database
        // itself has none.
        if (answer.IsParentMissing && !isMet)
        {
            var parents = unfilled.ParentsOf(check.Sql);
            return parents.Count > 0 ? Lacking(parents)
                : unfilled.LacksRows ? "the copy lacks the row that the statement refers to"
                : null;
        }

        var open = unfilled.LacksRows && (answer.Error is null ? check.Expectation.IsOfRows || !isMet : answer.IsErrorOfRows && !isMet);
        return open && unfilled.ReadBy(check.Sql) is { Count: > 0 } read ? Lacking(read) : null;
    }

    private static string Lacking(IReadOnlyList<string> tables) => $"the copy contains no rows of {string.Join(", ", tables)}";

    private static CheckResult NotShown(CheckResult result, string why) =>
        result with
        {
            Status = CheckStatus.NotRun,
            Message = $"Not determined: {why}.",
            NextStep = $"Run it on a copy with all rows: {Call.Test.With(CallOption.WithData)}",
        };
}
