namespace Migrations.Diagrams;

/// <summary>A point of a diagram, from the upper left corner.</summary>
internal readonly record struct DiagramPoint(double X, double Y);
