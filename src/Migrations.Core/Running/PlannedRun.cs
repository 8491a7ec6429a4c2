using Migrations.History;
using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Running;

/// <summary>What a run is about to do.</summary>
/// <param name="Plan">Its steps.</param>
/// <param name="Analyses">What is known of each step's script.</param>
/// <param name="History">The history that it was planned from.</param>
internal sealed record PlannedRun(MigrationPlan Plan, IReadOnlyList<ScriptAnalysis> Analyses, HistoryView History);
