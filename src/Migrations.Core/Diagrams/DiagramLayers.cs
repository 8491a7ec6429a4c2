namespace Migrations.Diagrams;

/// <summary>
/// Puts boxes into layers from left to right: each behind those that its arrows lead to, and no layer higher than a limit. Where arrows run
/// in a circle, some lead to the right. Pure.
/// </summary>
internal sealed class DiagramLayers
{
    private readonly IReadOnlyList<double> _heights;
    private readonly double _limit;
    private readonly List<double> _used = [];
    private readonly int[] _rank;
    private readonly List<int>[] _near;

    private DiagramLayers(IReadOnlyList<double> heights, IReadOnlyList<(int From, int To)> arrows, double limit)
    {
        (_heights, _limit) = (heights, limit);
        _rank = new int[heights.Count];
        _near = [.. heights.Select(_ => new List<int>())];
        Layers = new int[heights.Count];
        foreach (var (from, to) in arrows.Where(a => a.From != a.To).Distinct())
        {
            _near[from].Add(to);
            _near[to].Add(from);
        }

        var order = Order(arrows);
        for (var i = 0; i < order.Count; i++)
            _rank[order[i]] = i;
        Fill(order);
        Pull(order);
    }

    private int[] Layers { get; }

    /// <summary>The layer of each box, from 0.</summary>
    /// <param name="heights">How high each box is, with the space below it.</param>
    /// <param name="arrows">From which box to which.</param>
    /// <param name="limit">How high a layer may be that has more than one box.</param>
    public static int[] Of(IReadOnlyList<double> heights, IReadOnlyList<(int From, int To)> arrows, double limit) =>
        new DiagramLayers(heights, arrows, limit).Layers;

    /// <summary>The boxes, each after those that its arrows lead to, as far as these run in no circle.</summary>
    private List<int> Order(IReadOnlyList<(int From, int To)> arrows)
    {
        var targets = arrows.ToLookup(a => a.From, a => a.To);
        var order = new List<int>(_heights.Count);
        var seen = new bool[_heights.Count];
        for (var i = 0; i < _heights.Count; i++)
            Visit(i);
        return order;

        void Visit(int box)
        {
            if (seen[box])
                return;
            seen[box] = true;
            foreach (var target in targets[box])
                Visit(target);
            order.Add(box);
        }
    }

    private void Fill(List<int> order)
    {
        foreach (var box in order)
        {
            var layer = _near[box].Where(n => _rank[n] < _rank[box]).Select(n => Layers[n] + 1).DefaultIfEmpty(0).Max();
            while (!HasRoom(layer, box))
                layer++;
            Put(box, layer);
        }
    }

    /// <summary>Moves boxes to the right, as near as can be to those whose arrows lead to them.</summary>
    private void Pull(List<int> order)
    {
        foreach (var box in order.AsEnumerable().Reverse())
        {
            var farthest = _near[box].Where(n => _rank[n] > _rank[box]).Select(n => Layers[n] - 1).DefaultIfEmpty(Layers[box]).Min();
            var layer = farthest;
            while (layer > Layers[box] && !HasRoom(layer, box))
                layer--;
            if (layer <= Layers[box])
                continue;
            _used[Layers[box]] -= _heights[box];
            Put(box, layer);
        }
    }

    private bool HasRoom(int layer, int box) => layer >= _used.Count || _used[layer] <= 0 || _used[layer] + _heights[box] <= _limit;

    private void Put(int box, int layer)
    {
        while (_used.Count <= layer)
            _used.Add(0);
        _used[layer] += _heights[box];
        Layers[box] = layer;
    }
}
