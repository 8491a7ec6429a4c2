using Migrations.Databases;

namespace Migrations.Running;

/// <summary>What one step of a plan would lose.</summary>
/// <param name="Migration">The migration's full name.</param>
/// <param name="Forecast">What goes.</param>
public sealed record StepLoss(string Migration, LossForecast Forecast)
{
    /// <summary>Whether rows or values go. What could not be counted counts as a loss.</summary>
    public bool IsLossy => Forecast.NotForeseen.Count > 0 || Forecast.Losses.Any(l => l.IsLossy);
}
