namespace Migrations.Diagrams;

/// <summary>How large a box of a diagram is.</summary>
internal readonly record struct DiagramSize(double Width, double Height);
