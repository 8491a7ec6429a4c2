namespace Migrations.Diagrams;

/// <summary>A point of a diagram, from the upper left corner.</summary>
internal sealed record DiagramPoint(double X, double Y);
