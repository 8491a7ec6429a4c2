namespace Migrations.Diagrams;

/// <summary>A line from a row of one box to a row of another.</summary>
/// <param name="From">The box at which it begins.</param>
/// <param name="FromOffset">How far below that box's upper side.</param>
/// <param name="To">The box at which it ends.</param>
/// <param name="ToOffset">How far below that box's upper side.</param>
internal sealed record DiagramArrow(int From, double FromOffset, int To, double ToOffset);
