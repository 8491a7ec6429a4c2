using Migrations.Databases;
using Migrations.Schema;

namespace Migrations.Linting;

/// <summary>What a copy of a database holds when migrations have run there.</summary>
/// <param name="Schema">Its schema.</param>
/// <param name="Values">What its tables hold.</param>
internal sealed record ReachedEnd(SchemaSnapshot Schema, IReadOnlyList<TableValues> Values)
{
    /// <summary>How another end differs; null where it is the same.</summary>
    public string? DifferenceTo(ReachedEnd other)
    {
        if (!string.Equals(Schema.Fingerprint, other.Schema.Fingerprint, StringComparison.Ordinal))
            return SchemaComparison.Compare(Schema, other.Schema).FirstOrDefault() is { } first
                ? $"the schema differs ({first.ObjectType} {first.Name})"
                : "the schema differs";
        var (mine, theirs) = (Digests(Values), Digests(other.Values));
        var differing = mine
            .Keys.Union(theirs.Keys, StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .FirstOrDefault(t => !mine.TryGetValue(t, out var a) || !theirs.TryGetValue(t, out var b) || a.Digest is null || a != b);
        return differing is null ? null : $"the rows of {differing} differ";
    }

    private static Dictionary<string, (long? Rows, string? Digest)> Digests(IReadOnlyList<TableValues> values) =>
        values.Where(v => !v.IsOther).ToDictionary(v => v.Table, v => (v.Rows, v.Digest), StringComparer.Ordinal);
}
