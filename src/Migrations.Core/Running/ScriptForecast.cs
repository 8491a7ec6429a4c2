using Migrations.Configuration;
using Migrations.Databases;

namespace Migrations.Running;

/// <summary>What running a script that is no migration would take away.</summary>
/// <param name="Losses">What it would lose. That a fix changes values is what it is for: they are not among it.</param>
/// <param name="Overwrites">Whether it changes values that are there.</param>
internal sealed record ScriptForecast(IReadOnlyList<StepLoss> Losses, bool Overwrites)
{
    /// <summary>Whether rows or values go for good, or may.</summary>
    public bool IsLossy => Losses.Any(l => l.IsLossy);

    /// <summary>Whether it may take away from another database than its own.</summary>
    public bool ReachesOthers => Losses.Any(l => l.Forecast.ReachesOthers);

    /// <summary>What was found of a script.</summary>
    public static ScriptForecast Of(IReadOnlyList<StepLoss> found) =>
        new(
            [.. found.Select(l => l with { Forecast = l.Forecast with { Losses = [.. l.Forecast.Losses.Where(d => !Changes(d))] } })],
            found.Any(l => l.Forecast.Losses.Any(d => Changes(d) && d.Rows is not 0))
        );

    /// <summary>Refuses to take anything from another environment's database, or to write over it.</summary>
    /// <param name="script">The script's name.</param>
    /// <param name="found">Finds the histories of the database.</param>
    /// <param name="expected">Which stamp it may have.</param>
    /// <param name="target">The database.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.StampDiffers"/></exception>
    public async Task DemandStampAsync(string script, Func<Task<FoundHistories>> found, ExpectedStamp expected, DatabaseTarget target)
    {
        if (!IsLossy && !Overwrites)
            return;
        (await found().ConfigureAwait(false)).Demand(expected, target);
        if (ReachesOthers)
            expected.DemandNoOther(script);
    }

    private static bool Changes(DataLoss loss) => loss.Kind == DataLossKind.Overwritten;
}
