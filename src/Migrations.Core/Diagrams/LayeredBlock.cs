namespace Migrations.Diagrams;

/// <summary>
/// Boxes that arrows join, in layers: those that an arrow leads to on the left of those where it begins. Pure, and the same for the same
/// boxes.
/// </summary>
internal sealed class LayeredBlock
{
    private const double Passage = 8;
    private const double Aisle = 64;
    private const double LeastHeight = 420;

    private readonly Dictionary<int, DiagramSize> _sizes;
    private readonly Dictionary<int, LayerNode> _nodes = [];
    private readonly Dictionary<(int To, int Layer), LayerNode> _passages = [];
    private readonly double[] _left;
    private readonly double[] _width;

    /// <summary>Places the boxes.</summary>
    /// <param name="sizes">The sizes of the boxes, by their numbers.</param>
    /// <param name="arrows">The arrows between them; those that lead back to their own box have no say.</param>
    /// <param name="gap">The least space between two boxes of a layer.</param>
    /// <param name="shape">How much wider than high the whole should be.</param>
    public LayeredBlock(Dictionary<int, DiagramSize> sizes, IReadOnlyList<DiagramArrow> arrows, double gap, double shape)
    {
        _sizes = sizes;
        List<int> boxes = [.. sizes.Keys.Order()];
        var joining = arrows.Where(a => a.From != a.To).ToList();
        var layerOf = LayersOf(boxes, joining, gap, shape);
        for (var i = 0; i < boxes.Count; i++)
            _nodes[boxes[i]] = new LayerNode(layerOf[i], sizes[boxes[i]].Height);
        foreach (var arrow in joining)
            Join(arrow);
        var layers = Enumerable.Range(0, layerOf.Max() + 1).Select(_ => new List<LayerNode>()).ToList();
        foreach (var node in _nodes.Values)
            layers[node.Layer].Add(node);
        // In the middle, where as many boxes may stand above as below: else each layer would sink below the one before it.
        foreach (var node in _passages.Values)
            layers[node.Layer].Insert(layers[node.Layer].Count / 2, node);
        new LayerPlaces(layers, gap).Find();
        (_left, _width) = Spread(layers.Count);
        Size = new DiagramSize(_left[^1] + _width[^1], layers.SelectMany(l => l).Max(n => n.Y + n.Height));
    }

    /// <summary>The size of the whole.</summary>
    public DiagramSize Size { get; }

    /// <summary>The place of a box. Those of a layer are made equally wide.</summary>
    public DiagramBox BoxOf(int box)
    {
        var node = _nodes[box];
        return new DiagramBox(_left[node.Layer], node.Y, _width[node.Layer], node.Height);
    }

    /// <summary>The points that an arrow leads through; level at each.</summary>
    public List<DiagramPoint> RouteOf(DiagramArrow arrow)
    {
        var (from, to) = (BoxOf(arrow.From), BoxOf(arrow.To));
        var isOwn = arrow.From == arrow.To;
        var isToLeft = from.X > to.X;
        var points = new List<DiagramPoint> { new(isToLeft ? from.X : from.X + from.Width, from.Y + arrow.FromOffset) };
        foreach (var layer in isOwn ? [] : Between(arrow))
        {
            var y = _passages[(arrow.To, layer)].Y + Passage / 2;
            var (left, right) = (new DiagramPoint(_left[layer], y), new DiagramPoint(_left[layer] + _width[layer], y));
            points.AddRange(isToLeft ? [right, left] : [left, right]);
        }

        points.Add(new DiagramPoint(isToLeft || isOwn ? to.X + to.Width : to.X, to.Y + arrow.ToOffset));
        return points;
    }

    private int[] LayersOf(List<int> boxes, List<DiagramArrow> joining, double gap, double shape)
    {
        var place = boxes.Select((box, i) => (box, i)).ToDictionary(p => p.box, p => p.i);
        var area = boxes.Sum(box => (_sizes[box].Width + Aisle) * (_sizes[box].Height + gap));
        return DiagramLayers.Of(
            [.. boxes.Select(box => _sizes[box].Height + gap)],
            [.. joining.Select(a => (place[a.From], place[a.To]))],
            Math.Max(LeastHeight, Math.Sqrt(area / shape))
        );
    }

    /// <summary>Joins the ends of an arrow through the layers between them. Arrows to one box share the way.</summary>
    private void Join(DiagramArrow arrow)
    {
        var way = new List<(LayerNode Node, double Offset)> { (_nodes[arrow.From], arrow.FromOffset) };
        way.AddRange(Between(arrow).Select(layer => (PassageOf(arrow.To, layer), Passage / 2)));
        way.Add((_nodes[arrow.To], arrow.ToOffset));
        for (var i = 1; i < way.Count; i++)
        {
            var (one, other) = way[i - 1].Node.Layer < way[i].Node.Layer ? (way[i - 1], way[i]) : (way[i], way[i - 1]);
            one.Node.Join(one.Offset, other.Node, other.Offset);
        }
    }

    private IEnumerable<int> Between(DiagramArrow arrow)
    {
        var (from, to) = (_nodes[arrow.From].Layer, _nodes[arrow.To].Layer);
        var between = Enumerable.Range(Math.Min(from, to) + 1, Math.Abs(from - to) - 1);
        return from < to ? between : between.Reverse();
    }

    private LayerNode PassageOf(int to, int layer)
    {
        if (!_passages.TryGetValue((to, layer), out var node))
            _passages[(to, layer)] = node = new LayerNode(layer, Passage);
        return node;
    }

    /// <summary>Puts the layers beside each other.</summary>
    private (double[] Left, double[] Width) Spread(int count)
    {
        var (left, width) = (new double[count], new double[count]);
        foreach (var (box, node) in _nodes)
            width[node.Layer] = Math.Max(width[node.Layer], _sizes[box].Width);
        for (var i = 1; i < count; i++)
            left[i] = left[i - 1] + width[i - 1] + Aisle;
        return (left, width);
    }
}
