namespace Migrations.Diagrams;

/// <summary>How large a box of a diagram is.</summary>
internal sealed record DiagramSize(double Width, double Height);
