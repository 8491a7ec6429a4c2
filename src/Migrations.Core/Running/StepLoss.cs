using Migrations.Databases;

namespace Migrations.Running;

/// <summary>What one step of a plan would lose.</summary>
/// <param name="Migration">The migration's full name.</param>
/// <param name="Forecast">What goes.</param>
public sealed record StepLoss(string Migration, LossForecast Forecast)
{
    /// <summary>Whether rows or values go, as far as it could be counted. What could not be counted is taken for a loss.</summary>
    public bool IsLossy => Forecast.Losses.Any(l => l.Rows is not 0);
}
