namespace Migrations.Diagrams;

/// <summary>
/// Where everything of a diagram is: boxes in layers, those that an arrow leads to on the left of those where it begins, and below them the
/// boxes without arrows. Pure, and the same for the same diagram.
/// </summary>
internal sealed class DiagramLayout
{
    private const double Gap = 22;
    private const double Passage = 8;
    private const double Aisle = 64;
    private const double Shape = 1.5;
    private const double LeastHeight = 420;

    private readonly IReadOnlyList<DiagramSize> _sizes;
    private readonly IReadOnlyList<DiagramArrow> _arrows;
    private readonly DiagramBox[] _boxes;
    private readonly Dictionary<int, LayerNode> _nodes = [];
    private readonly Dictionary<(int To, int Layer), LayerNode> _passages = [];
    private double[] _left = [];
    private double[] _width = [];

    private DiagramLayout(IReadOnlyList<DiagramSize> sizes, IReadOnlyList<DiagramArrow> arrows)
    {
        (_sizes, _arrows, _boxes) = (sizes, arrows, new DiagramBox[sizes.Count]);
        var joined = arrows.Where(a => a.From != a.To).SelectMany(a => new[] { a.From, a.To }).Distinct().Order().ToList();
        PlaceJoined(joined);
        PlaceOthers([.. Enumerable.Range(0, sizes.Count).Except(joined)]);
        Size = _boxes.Length == 0 ? default : new DiagramSize(_boxes.Max(b => b.X + b.Width), _boxes.Max(b => b.Y + b.Height));
    }

    /// <summary>The place of each box. Those of a layer are made equally wide.</summary>
    public IReadOnlyList<DiagramBox> Boxes => _boxes;

    /// <summary>The points that each arrow leads through; level at each.</summary>
    public IReadOnlyList<IReadOnlyList<DiagramPoint>> Routes => [.. _arrows.Select(RouteOf)];

    /// <summary>The size of the whole.</summary>
    public DiagramSize Size { get; }

    /// <summary>The layout of boxes and arrows.</summary>
    public static DiagramLayout Of(IReadOnlyList<DiagramSize> sizes, IReadOnlyList<DiagramArrow> arrows) => new(sizes, arrows);

    private void PlaceJoined(List<int> joined)
    {
        if (joined.Count == 0)
            return;
        var place = joined.Select((box, i) => (box, i)).ToDictionary(p => p.box, p => p.i);
        var area = joined.Sum(box => (_sizes[box].Width + Aisle) * (_sizes[box].Height + Gap));
        var layerOf = DiagramLayers.Of(
            [.. joined.Select(box => _sizes[box].Height + Gap)],
            [.. _arrows.Where(a => a.From != a.To).Select(a => (place[a.From], place[a.To]))],
            Math.Max(LeastHeight, Math.Sqrt(area / Shape))
        );
        foreach (var box in joined)
            _nodes[box] = new LayerNode(layerOf[place[box]], _sizes[box].Height);
        foreach (var arrow in _arrows.Where(a => a.From != a.To))
            Join(arrow);
        var layers = Enumerable.Range(0, layerOf.Max() + 1).Select(_ => new List<LayerNode>()).ToList();
        foreach (var node in _nodes.Values.Concat(_passages.Values))
            layers[node.Layer].Add(node);
        new LayerPlaces(layers, Gap).Find();
        Spread(layers.Count);
        foreach (var (box, node) in _nodes)
            _boxes[box] = new DiagramBox(_left[node.Layer], node.Y, _width[node.Layer], node.Height);
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
    private void Spread(int count)
    {
        _left = new double[count];
        _width = new double[count];
        foreach (var (box, node) in _nodes)
            _width[node.Layer] = Math.Max(_width[node.Layer], _sizes[box].Width);
        for (var i = 1; i < count; i++)
            _left[i] = _left[i - 1] + _width[i - 1] + Aisle;
    }

    /// <summary>Puts boxes without arrows below the others, each where the column is shortest.</summary>
    private void PlaceOthers(List<int> others)
    {
        if (others.Count == 0)
            return;
        var wide = others.Max(box => _sizes[box].Width);
        var area = others.Sum(box => (wide + Gap) * (_sizes[box].Height + Gap));
        var whole = Math.Max(_boxes.Max(b => b.X + b.Width), Math.Sqrt(area * Shape));
        var top = _boxes.Max(b => b.Y + b.Height) is > 0 and var bottom ? bottom + 2 * Gap : 0;
        var columns = Enumerable.Repeat(top, Math.Clamp((int)((whole + Gap) / (wide + Gap)), 1, others.Count)).ToArray();
        foreach (var box in others)
        {
            var shortest = Array.IndexOf(columns, columns.Min());
            _boxes[box] = new DiagramBox(shortest * (wide + Gap), columns[shortest], wide, _sizes[box].Height);
            columns[shortest] += _sizes[box].Height + Gap;
        }
    }

    private List<DiagramPoint> RouteOf(DiagramArrow arrow)
    {
        var (from, to) = (_boxes[arrow.From], _boxes[arrow.To]);
        var isToLeft = arrow.From != arrow.To && from.X > to.X;
        var points = new List<DiagramPoint> { new(isToLeft ? from.X : from.X + from.Width, from.Y + arrow.FromOffset) };
        foreach (var layer in arrow.From == arrow.To ? [] : Between(arrow))
        {
            var y = _passages[(arrow.To, layer)].Y + Passage / 2;
            var (left, right) = (new DiagramPoint(_left[layer], y), new DiagramPoint(_left[layer] + _width[layer], y));
            points.AddRange(isToLeft ? [right, left] : [left, right]);
        }

        points.Add(new DiagramPoint(isToLeft || arrow.From == arrow.To ? to.X + to.Width : to.X, to.Y + arrow.ToOffset));
        return points;
    }
}
