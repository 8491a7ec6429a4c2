using System.Text;

namespace Migrations.Integrity;

/// <summary>
/// Writes check results as a JUnit file, by the schema that Azure Pipelines documents for it
/// (<see href="https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/publish-test-results-v2"/>): one suite per database, a
/// failure for each failed check, a skipped case for each that was not run; warnings pass, and are listed in the suite's output.
/// </summary>
public static class JUnitReport
{
    /// <summary>Writes the file. An existing one is replaced.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="results">The results.</param>
    /// <param name="time">When the checks were made.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.DiskFailed"/>: it cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<CheckResult> results, DateTimeOffset time) =>
        JUnitFile.Write(path, SuitesOf(results), time);

    /// <summary>Writes to a stream.</summary>
    public static void Write(Stream stream, IReadOnlyList<CheckResult> results, DateTimeOffset time) =>
        JUnitFile.Write(stream, SuitesOf(results), time);

    private static List<JUnitSuite> SuitesOf(IReadOnlyList<CheckResult> results) =>
        [
            .. results
                .GroupBy(r => r.Database, StringComparer.Ordinal)
                .Select(suite => new JUnitSuite(suite.Key, [.. suite.Select(CaseOf)], Warnings(suite))),
        ];

    private static string Warnings(IEnumerable<CheckResult> results) =>
        string.Join(
            '\n',
            results.Where(r => r.Status == CheckStatus.Warn).Select(r => $"{Title(r)}: {r.Message} {r.Recommendation}".TrimEnd())
        );

    private static JUnitCase CaseOf(CheckResult result) =>
        new(Title(result), "migrations." + result.Category.Word(), result.Duration)
        {
            Failure = result.Status == CheckStatus.Fail ? new JUnitFailure(result.Category.Word(), result.Message, Details(result)) : null,
            Skipped = result.Status == CheckStatus.NotRun ? new JUnitFailure(null, result.Message, Details(result)) : null,
        };

    private static string Title(CheckResult result) => result.Target is null ? result.Name : $"{result.Name}: {result.Target}";

    private static string Details(CheckResult result)
    {
        var text = new StringBuilder();
        foreach (
            var (label, value) in new[] { ("Expected", result.Expected), ("Actual", result.Actual), ("What to do", result.Recommendation) }
        )
        {
            if (value is not null)
                text.Append(label).Append(": ").Append(value).Append('\n');
        }

        return text.ToString();
    }
}
