namespace Migrations.Architecture.Tests;

/// <summary>Finds the circles of a graph: the largest sets of which each member reaches each other one (Tarjan).</summary>
internal sealed class Circles
{
    private readonly ILookup<string, string> _arrows;
    private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly Stack<string> _open = new();
    private readonly HashSet<string> _isOpen = new(StringComparer.Ordinal);
    private readonly List<IReadOnlyList<string>> _found = [];

    private Circles(ILookup<string, string> arrows) => _arrows = arrows;

    /// <summary>The circles with more than one member, the largest first.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> In(IEnumerable<(string From, string To)> arrows)
    {
        var circles = new Circles(arrows.Where(a => a.From != a.To).Distinct().ToLookup(a => a.From, a => a.To, StringComparer.Ordinal));
        foreach (var node in circles._arrows.Select(g => g.Key).Order(StringComparer.Ordinal))
        {
            if (!circles._seen.ContainsKey(node))
                circles.Visit(node);
        }
        return circles._found.OrderByDescending(c => c.Count).ToList();
    }

    private int Visit(string node)
    {
        var index = _seen.Count;
        _seen[node] = index;
        _open.Push(node);
        _isOpen.Add(node);
        var low = index;
        foreach (var next in _arrows[node])
        {
            if (!_seen.TryGetValue(next, out var known))
                low = Math.Min(low, Visit(next));
            else if (_isOpen.Contains(next))
                low = Math.Min(low, known);
        }
        if (low == index)
            Close(node);
        return low;
    }

    private void Close(string node)
    {
        List<string> members = [];
        string member;
        do
        {
            member = _open.Pop();
            _isOpen.Remove(member);
            members.Add(member);
        } while (member != node);
        if (members.Count > 1)
            _found.Add(members.Order(StringComparer.Ordinal).ToList());
    }
}
