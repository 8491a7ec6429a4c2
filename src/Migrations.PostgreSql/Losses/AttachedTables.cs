namespace Migrations.PostgreSql;

/// <summary>The tables that a script makes a part of another one (a partition, a child) or of an extension: they go with it.</summary>
internal sealed class AttachedTables
{
    private readonly List<(string Whole, string Part, uint? Table)> _parts = [];

    /// <summary>A table becomes a part.</summary>
    /// <param name="whole">The name of what it becomes a part of.</param>
    /// <param name="part">Its name.</param>
    /// <param name="table">The table; null for one that the script makes.</param>
    public void Attach(string whole, string part, uint? table) => _parts.Add((SqlNames.PlainLast(whole), SqlNames.PlainLast(part), table));

    /// <summary>A table is no longer a part.</summary>
    public void Detach(string whole, string part) =>
        _parts.RemoveAll(p => Is(p.Whole, SqlNames.PlainLast(whole)) && Is(p.Part, SqlNames.PlainLast(part)));

    /// <summary>The tables that go with one, and with its parts.</summary>
    public IReadOnlyList<uint> Of(string whole)
    {
        var (found, wholes) = (new List<uint>(), new List<string> { SqlNames.PlainLast(whole) });
        for (var at = 0; at < wholes.Count; at++)
        {
            foreach (var part in _parts.Where(p => Is(p.Whole, wholes[at]) && !wholes.Contains(p.Part, StringComparer.Ordinal)))
            {
                wholes.Add(part.Part);
                if (part.Table is { } table)
                    found.Add(table);
            }
        }

        return found;
    }

    private static bool Is(string a, string b) => string.Equals(a, b, StringComparison.Ordinal);
}
