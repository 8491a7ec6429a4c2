namespace Migrations.Diagrams;

/// <summary>
/// Orders the nodes of layers and gives them heights, so that the lines between them are short and cross little: by sweeps in which each
/// node goes where those that it is joined to would have it. Pure.
/// </summary>
/// <param name="layers">The nodes of each layer.</param>
/// <param name="gap">The least space between two of a layer.</param>
internal sealed class LayerPlaces(IReadOnlyList<List<LayerNode>> layers, double gap)
{
    private const int Sweeps = 24;

    /// <summary>Gives all nodes their order and their <see cref="LayerNode.Y"/>; the uppermost is at 0.</summary>
    public void Find()
    {
        foreach (var layer in layers)
            Stack(layer);
        var best = Keep();
        for (var i = 0; i < Sweeps; i++)
        {
            Sweep(toRight: i % 2 == 0, mayReorder: true);
            if (Length() < best.Length)
                best = Keep();
        }

        for (var i = 0; i < layers.Count; i++)
        {
            layers[i].Clear();
            layers[i].AddRange(best.Orders[i]);
        }

        for (var i = 0; i < Sweeps; i++)
            Sweep(toRight: i % 2 == 0, mayReorder: false);
        var top = layers.SelectMany(layer => layer).Select(n => n.Y).DefaultIfEmpty(0).Min();
        foreach (var node in layers.SelectMany(layer => layer))
            node.Y -= top;
    }

    private (double Length, List<LayerNode[]> Orders) Keep() => (Length(), [.. layers.Select(layer => layer.ToArray())]);

    private double Length() => layers.SelectMany(layer => layer).Sum(node => node.Right.Sum(joint => Math.Abs(joint.LevelY - node.Y)));

    private void Stack(List<LayerNode> layer)
    {
        var y = 0.0;
        foreach (var node in layer)
        {
            node.Y = y;
            y += node.Height + gap;
        }
    }

    private void Sweep(bool toRight, bool mayReorder)
    {
        foreach (var layer in toRight ? layers : layers.Reverse())
        {
            var wanted = layer.ToDictionary(n => n, n => Wanted(n, toRight ? n.Left : n.Right, mayReorder));
            if (mayReorder)
            {
                var ordered = layer.OrderBy(n => LineOf(n, toRight ? n.Left : n.Right)).ToList();
                layer.Clear();
                layer.AddRange(ordered);
            }

            Place(layer, [.. layer.Select(n => wanted[n])]);
        }
    }

    /// <summary>Where, on average, the lines of a node come from.</summary>
    private static double LineOf(LayerNode node, List<LayerJoint> side) =>
        side.Count == 0 ? node.Y + node.Height / 2 : side.Average(j => j.LevelY + j.Offset);

    // Once the order stands, both sides pull.
    private static double Wanted(LayerNode node, List<LayerJoint> side, bool isOneSided)
    {
        var joints = isOneSided ? side : [.. node.Left, .. node.Right];
        return joints.Count == 0 ? node.Y : joints.Average(j => j.LevelY);
    }

    /// <summary>
    /// The places nearest to those that are wanted with which no two overlap: neighbours that want the same place form a block, which goes
    /// where its nodes would have it on average.
    /// </summary>
    private void Place(List<LayerNode> layer, IReadOnlyList<double> wanted)
    {
        var blocks = new List<(double Sum, int Count)>();
        var offset = 0.0;
        for (var i = 0; i < layer.Count; i++)
        {
            var block = (Sum: wanted[i] - offset, Count: 1);
            while (blocks is [.., var last] && last.Sum / last.Count >= block.Sum / block.Count)
            {
                blocks.RemoveAt(blocks.Count - 1);
                block = (last.Sum + block.Sum, last.Count + block.Count);
            }

            blocks.Add(block);
            offset += layer[i].Height + gap;
        }

        var (at, y) = (0, 0.0);
        foreach (var (sum, count) in blocks)
        {
            for (var end = at + count; at < end; at++)
            {
                layer[at].Y = sum / count + y;
                y += layer[at].Height + gap;
            }
        }
    }
}
