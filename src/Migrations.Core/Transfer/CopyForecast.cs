using Migrations.Databases;
using Migrations.Tables;

namespace Migrations.Transfer;

/// <summary>What a copy would do.</summary>
/// <param name="Tables">The tables and what is not copied.</param>
/// <param name="Statements">What would be run in the target.</param>
/// <param name="Obstacles">What stands in the way.</param>
/// <param name="Replaced">The tables of the target that would be dropped.</param>
public sealed record CopyForecast(
    IReadOnlyList<TableCopy> Tables,
    IReadOnlyList<string> Statements,
    IReadOnlyList<CopyObstacle> Obstacles,
    IReadOnlyList<string> Replaced
)
{
    internal CopyPlan? Plan { get; init; }

    internal TargetPlan? Target { get; init; }
}
