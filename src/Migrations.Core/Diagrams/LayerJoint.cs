namespace Migrations.Diagrams;

/// <summary>Where a node is joined to one of the next layer.</summary>
/// <param name="Other">The other node.</param>
/// <param name="Offset">How far below the node's upper side.</param>
/// <param name="OtherOffset">How far below the other's.</param>
internal readonly record struct LayerJoint(LayerNode Other, double Offset, double OtherOffset)
{
    /// <summary>Where the node's upper side would have to be for a level line.</summary>
    public double LevelY => Other.Y + OtherOffset - Offset;
}
