using Migrations.Databases;
using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Running;

/// <summary>Finds what the steps of a plan would lose, before any of them runs.</summary>
internal static class LossForecaster
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Asks the database about the steps of which its analysis says that they may lose something: most only make things. Those that lose
    /// nothing are left out.
    /// </summary>
    public static async Task<IReadOnlyList<StepLoss>> FindAsync(
        IDatabaseInspector inspector,
        MigrationPlan plan,
        IReadOnlyList<ScriptAnalysis> analyses,
        HookScripts hooks,
        CancellationToken cancellationToken
    )
    {
        if (hooks.IsEmpty)
            return await FindAsync(inspector, plan, analyses, cancellationToken).ConfigureAwait(false);
        // A hook takes away as a migration does, where it runs among them.
        var own = new Queue<ScriptAnalysis>(analyses);
        var all = plan with { Steps = [.. hooks.Between(plan)] };
        return await FindAsync(
                inspector,
                all,
                [.. all.Steps.Select(s => s.Hook is null ? own.Dequeue() : hooks.Analyze(s))],
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>As above, for a plan without hooks.</summary>
    public static async Task<IReadOnlyList<StepLoss>> FindAsync(
        IDatabaseInspector inspector,
        MigrationPlan plan,
        IReadOnlyList<ScriptAnalysis> analyses,
        CancellationToken cancellationToken
    )
    {
        var losses = new List<StepLoss>();
        var named = new HashSet<(DataLossKind, string)>();
        for (var at = 0; at < plan.Steps.Count; at++)
        {
            if (!analyses[at].MayLose && !(analyses[at].MayOverwrite && plan.Direction == MigrationDirection.Down))
                continue;
            var step = plan.Steps[at];
            if (step.Script.Code is not null && plan.Direction == MigrationDirection.Up)
                continue;
            var forecast =
                PlannedCode.Forecast(step.Script)
                ?? await FindAsync(
                        inspector,
                        new LossForecastRequest(step.Script, plan.Direction, [.. plan.Steps.Take(at).Select(s => s.Script)], Limit),
                        cancellationToken
                    )
                    .ConfigureAwait(false);
            // What an earlier step takes away cannot go twice; two conditions may take different rows.
            forecast = forecast with
            {
                Losses =
                [
                    .. forecast.Losses.Where(l =>
                        l.Kind is DataLossKind.Deleted or DataLossKind.Cascaded or DataLossKind.Overwritten || named.Add((l.Kind, l.Name))
                    ),
                ],
            };
            if (forecast.Losses.Count + forecast.NotForeseen.Count + forecast.ObjectsLost.Count > 0)
                losses.Add(new StepLoss(step.Migration.FullName, forecast) { Step = step.HookOf ?? step.Migration.FullName });
        }

        return losses;
    }

    // A forecast is a courtesy: whatever goes wrong with it stops nothing on the way up, and on the way down is asked about like a loss.
    private static async Task<LossForecast> FindAsync(
        IDatabaseInspector inspector,
        LossForecastRequest question,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await inspector.ForecastLossAsync(question, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
            when (e is not OperationCanceledException and not MigrationException { Id: ErrorId.Cancelled }
                && !cancellationToken.IsCancellationRequested
            )
        {
            return new LossForecast(
                [],
                [$"line {question.Script.FirstLine} and the lines after it could not be evaluated: {e.Message.TrimEnd('.')}"]
            );
        }
    }

    /// <summary>Refuses losses that no one accepted.</summary>
    /// <exception cref="DataLossException">Rows or values would go, or may.</exception>
    public static void Refuse(IReadOnlyList<StepLoss> losses, string database)
    {
        var lossy = losses.Where(l => l.IsLossy).ToList();
        if (lossy.Count > 0)
            throw new DataLossException(database, lossy);
    }
}
