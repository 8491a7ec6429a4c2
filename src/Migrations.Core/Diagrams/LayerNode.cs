namespace Migrations.Diagrams;

/// <summary>What has a place in a layer: a box, or the gap through which arrows pass that lead farther.</summary>
/// <param name="layer">Its layer.</param>
/// <param name="height">Its height.</param>
internal sealed class LayerNode(int layer, double height)
{
    /// <summary>Its layer.</summary>
    public int Layer => layer;

    /// <summary>Its height.</summary>
    public double Height => height;

    /// <summary>What it is joined to in the layer to the left, and where.</summary>
    public List<LayerJoint> Left { get; } = [];

    /// <summary>What it is joined to in the layer to the right, and where.</summary>
    public List<LayerJoint> Right { get; } = [];

    /// <summary>Its upper side.</summary>
    public double Y { get; set; }

    /// <summary>Joins it to a node of the next layer to the right.</summary>
    public void Join(double offset, LayerNode other, double otherOffset)
    {
        Right.Add(new LayerJoint(other, offset, otherOffset));
        other.Left.Add(new LayerJoint(this, otherOffset, offset));
    }
}
