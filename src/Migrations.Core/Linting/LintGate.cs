using Migrations.Databases;
using Migrations.Events;
using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Linting;

/// <summary>
/// Looks at the scripts that are to run in a database: first alone, and only where something is found, with what it knows.
/// </summary>
/// <param name="driver">The engine: how scripts are read, and its rules.</param>
/// <param name="options">Which rules count, and whether findings stop a run.</param>
internal sealed class LintGate(IDatabaseDriver driver, LintOptions options)
{
    // A run that is not to be refused does not read megabytes of rows once more for a warning.
    private const long LongestRead = 1024 * 1024;

    // A run of many scripts is not the place to read all of it.
    private const int MostShown = 20;

    /// <summary>The database as shown to people.</summary>
    public string? Database { get; init; }

    /// <summary>What is found in the steps of a plan.</summary>
    /// <param name="inspector">Asks the database.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="analyses">What is known of each step's script.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<IReadOnlyList<LintFinding>> FindAsync(
        IDatabaseInspector inspector,
        MigrationPlan plan,
        IReadOnlyList<ScriptAnalysis> analyses,
        CancellationToken cancellationToken
    ) =>
        plan.Direction == MigrationDirection.Down || !options.HasAny
            ? Task.FromResult<IReadOnlyList<LintFinding>>([])
            : FindAsync(
                new LintRun(driver, options) { Database = Database },
                inspector,
                [
                    .. plan
                        .Steps.Select((s, i) => new LintedScript(s.Migration, analyses[i], 0, IsReported: true))
                        .Where(s => options.Strict || s.Script.Length <= LongestRead),
                ],
                cancellationToken
            );

    /// <summary>What is found in scripts.</summary>
    public async Task<IReadOnlyList<LintFinding>> FindAsync(
        LintRun run,
        IDatabaseInspector inspector,
        IReadOnlyList<LintedScript> scripts,
        CancellationToken cancellationToken
    )
    {
        var found = run.Find(scripts, LintFacts.None, cancellationToken);
        if (run.Wanted.Count == 0)
            return found;
        var isAnswered = true;
        var facts = await driver.Rules.AskAsync(run.Wanted, AskAsync).ConfigureAwait(false);
        return isAnswered ? run.Find(scripts, facts, cancellationToken) : found;

        async Task<IReadOnlyList<IReadOnlyList<string?>>> AskAsync(string sql)
        {
            var question = new Query
            {
                Sql = sql,
                Location = new ScriptLocation("", 1),
                KeptRows = int.MaxValue,
            };
            var answer = await inspector.AskAsync(question, cancellationToken).ConfigureAwait(false);
            // What cannot be asked is not known, and what is not known is reported.
            isAnswered &= answer.Error is null;
            return answer.Rows;
        }
    }

    /// <summary>Reports what is found before a run, or refuses it.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UnsafeChange"/>: something was found, and the run is to be
    /// refused.</exception>
    public void Report(IReadOnlyList<LintFinding> found, IEventSink events)
    {
        if (found.Count > 0 && options.Strict)
            throw Refusal(found);
        foreach (var finding in found.Take(MostShown))
            events.Publish(LintText.Warning(finding));
        if (found.Count > MostShown)
            events.Publish(
                new WarningRaised($"{found.Count - MostShown} more like these; all of them with the SQL that is safe: {Call.Lint}")
            );
    }

    private static PlanException Refusal(IReadOnlyList<LintFinding> found)
    {
        var lines = string.Concat(found.Take(MostShown).Select(f => $"\n  {f.Location.ShownFile}:{f.Line}: {f.Message} [{f.Rule}]"));
        return new PlanException(
            ErrorId.UnsafeChange,
            $"Nothing was run: {EventText.Count(found.Count, "finding")} in the pending migrations.{lines}",
            $"Change them as '{Call.Lint}' shows, or allow each with '-- allow: {found[0].Rule} <reason>' above its statement.",
            [.. found.Select(f => f.Migration).Distinct(StringComparer.Ordinal)]
        );
    }
}
