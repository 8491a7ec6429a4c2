namespace Migrations.Diagrams;

/// <summary>Where a box of a diagram is, from the upper left corner.</summary>
/// <param name="X">Its left side.</param>
/// <param name="Y">Its upper side.</param>
/// <param name="Width">Its width.</param>
/// <param name="Height">Its height.</param>
internal sealed record DiagramBox(double X, double Y, double Width, double Height)
{
    /// <summary>The box elsewhere.</summary>
    public DiagramBox Moved(double x, double y) => this with { X = X + x, Y = Y + y };
}
