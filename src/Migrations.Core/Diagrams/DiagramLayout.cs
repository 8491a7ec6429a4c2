namespace Migrations.Diagrams;

/// <summary>
/// Where everything of a diagram is: groups of boxes that arrows join, the largest first, and below them the boxes that none joins. Pure,
/// and the same for the same diagram.
/// </summary>
internal sealed class DiagramLayout
{
    private const double Gap = 22;
    private const double GroupGap = 40;
    private const double Shape = 1.5;

    private readonly IReadOnlyList<DiagramSize> _sizes;
    private readonly IReadOnlyList<DiagramArrow> _arrows;
    private readonly DiagramBox[] _boxes;
    private readonly IReadOnlyList<DiagramPoint>[] _routes;

    private DiagramLayout(IReadOnlyList<DiagramSize> sizes, IReadOnlyList<DiagramArrow> arrows)
    {
        (_sizes, _arrows) = (sizes, arrows);
        _boxes = new DiagramBox[sizes.Count];
        _routes = new IReadOnlyList<DiagramPoint>[arrows.Count];
        var groups = Groups();
        PlaceGroups([.. groups.Where(g => g.Count > 1 || arrows.Any(a => a.From == g[0])).OrderByDescending(g => g.Count)]);
        PlaceOthers([.. groups.Where(g => g.Count == 1 && !arrows.Any(a => a.From == g[0])).Select(g => g[0])]);
        Size =
            _boxes.Length == 0 ? new DiagramSize(0, 0) : new DiagramSize(_boxes.Max(b => b.X + b.Width), _boxes.Max(b => b.Y + b.Height));
    }

    /// <summary>The place of each box; it may be wider than was asked.</summary>
    public IReadOnlyList<DiagramBox> Boxes => _boxes;

    /// <summary>The points that each arrow leads through; level at each.</summary>
    public IReadOnlyList<IReadOnlyList<DiagramPoint>> Routes => _routes;

    /// <summary>The size of the whole.</summary>
    public DiagramSize Size { get; }

    /// <summary>The layout of boxes and arrows.</summary>
    public static DiagramLayout Of(IReadOnlyList<DiagramSize> sizes, IReadOnlyList<DiagramArrow> arrows) => new(sizes, arrows);

    /// <summary>The boxes by what is joined, directly or through others.</summary>
    private List<List<int>> Groups()
    {
        var group = Enumerable.Range(0, _sizes.Count).ToArray();
        foreach (var arrow in _arrows)
            group[Root(arrow.From)] = Root(arrow.To);
        return [.. Enumerable.Range(0, _sizes.Count).GroupBy(Root).Select(g => g.ToList())];

        int Root(int box)
        {
            while (group[box] != box)
                box = group[box] = group[group[box]];
            return box;
        }
    }

    /// <summary>Puts groups side by side, as far as the first one is wide.</summary>
    private void PlaceGroups(List<List<int>> groups)
    {
        var (x, y, high, wide) = (0.0, 0.0, 0.0, 0.0);
        foreach (var group in groups)
        {
            var members = group.ToHashSet();
            var arrows = Enumerable.Range(0, _arrows.Count).Where(i => members.Contains(_arrows[i].From)).ToList();
            var block = new LayeredBlock(
                group.ToDictionary(box => box, box => _sizes[box]),
                [.. arrows.Select(i => _arrows[i])],
                Gap,
                Shape
            );
            wide = Math.Max(wide, block.Size.Width);
            if (x > 0 && x + block.Size.Width > wide)
                (x, y, high) = (0, y + high + GroupGap, 0);
            foreach (var box in group)
                _boxes[box] = block.BoxOf(box).Moved(x, y);
            foreach (var i in arrows)
                _routes[i] = [.. block.RouteOf(_arrows[i]).Select(p => new DiagramPoint(p.X + x, p.Y + y))];
            (x, high) = (x + block.Size.Width + GroupGap, Math.Max(high, block.Size.Height));
        }
    }

    /// <summary>Puts boxes without arrows below the others, each where the column is shortest.</summary>
    private void PlaceOthers(List<int> others)
    {
        if (others.Count == 0)
            return;
        var wide = others.Max(box => _sizes[box].Width);
        var area = others.Sum(box => (wide + Gap) * (_sizes[box].Height + Gap));
        var placed = _boxes.Where(b => b is not null).ToList();
        var whole = placed.Select(b => b.X + b.Width).Append(Math.Sqrt(area * Shape)).Max();
        var top = placed.Count == 0 ? 0 : placed.Max(b => b.Y + b.Height) + GroupGap;
        var columns = Enumerable.Repeat(top, Math.Clamp((int)((whole + Gap) / (wide + Gap)), 1, others.Count)).ToArray();
        foreach (var box in others)
        {
            var shortest = Array.IndexOf(columns, columns.Min());
            _boxes[box] = new DiagramBox(shortest * (wide + Gap), columns[shortest], wide, _sizes[box].Height);
            columns[shortest] += _sizes[box].Height + Gap;
        }
    }
}
