namespace Migrations.Schema;

/// <summary>Compares two schemas, object by object. Pure. There is no difference exactly when the fingerprints are equal.</summary>
public static class SchemaComparison
{
    /// <summary>Finds the differences.</summary>
    /// <param name="left">The schema that is expected.</param>
    /// <param name="right">The schema that was found.</param>
    /// <param name="grants">Whether owners and grants count too: those of what both sides have.</param>
    /// <param name="settings">Whether settings count too.</param>
    /// <returns>One difference per object, in an order in which their fixes can run. Columns and constraints of a table that only one side
    /// has are not named again.</returns>
    public static IReadOnlyList<SchemaDifference> Compare(
        SchemaSnapshot left,
        SchemaSnapshot right,
        bool grants = false,
        bool settings = false
    )
    {
        var expected = ByKey(left, grants, settings);
        var found = ByKey(right, grants, settings);
        var pairs = new List<(SchemaObject? Expected, SchemaObject? Found)>();
        foreach (var key in expected.Keys.Concat(found.Keys.Where(k => !expected.ContainsKey(k))).Order(KeyOrder))
        {
            var (mine, other) = (expected.GetValueOrDefault(key), found.GetValueOrDefault(key));
            if (
                IsShownByTable(mine ?? other!, mine is null ? expected : found)
                || IsShownByObject(mine ?? other!, mine is null ? expected : found)
            )
                continue;
            if (
                mine is null
                || other is null
                || !string.Equals(mine.Definition, other.Definition, StringComparison.Ordinal)
                || !string.Equals(mine.Table, other.Table, StringComparison.Ordinal)
            )
                pairs.Add((mine, other));
        }

        var fixes = new SchemaFixes(left, right);
        return [.. InOrder(pairs).Select(p => Difference(p.Expected, p.Found, fixes)), .. ColumnOrders(left, right)];
    }

    /// <summary>
    /// What should not be there goes first, what uses another before that one; then what should be there is made, after what it uses.
    /// </summary>
    private static IEnumerable<(SchemaObject? Expected, SchemaObject? Found)> InOrder(
        List<(SchemaObject? Expected, SchemaObject? Found)> pairs
    )
    {
        var found = new Dictionary<SchemaObject, SchemaObject?>(ReferenceEqualityComparer.Instance);
        foreach (var (expected, other) in pairs.Where(p => p.Expected is not null))
            found.Add(expected!, other);
        return SchemaOrder
            .Of(pairs.Where(p => p.Expected is null).Select(p => p.Found!))
            .AsEnumerable()
            .Reverse()
            .Select(o => ((SchemaObject?)null, (SchemaObject?)o))
            .Concat(SchemaOrder.Of(found.Keys).Select(o => ((SchemaObject?)o, found[o])));
    }

    private static Comparer<ObjectKey> KeyOrder { get; } =
        Comparer<ObjectKey>.Create((a, b) => a.Type != b.Type ? a.Type.CompareTo(b.Type) : string.CompareOrdinal(a.Name, b.Name));

    private static Dictionary<ObjectKey, SchemaObject> ByKey(SchemaSnapshot snapshot, bool grants, bool settings) =>
        snapshot
            .Objects.Where(o => grants || o.Type != SchemaObjectType.Grant)
            .Where(o => settings || o.Type != SchemaObjectType.Setting)
            .ToDictionary(o => new ObjectKey(o.Type, o.Name));

    /// <summary>Whether these are the owner and grants of an object, or a column's, that the other side lacks.</summary>
    private static bool IsShownByObject(SchemaObject item, Dictionary<ObjectKey, SchemaObject> otherSide)
    {
        const string OfColumn = "COLUMN ";
        if (item.Type != SchemaObjectType.Grant || otherSide.ContainsKey(new ObjectKey(item.Type, item.Name)))
            return false;
        // Every object has an owner.
        return item.HasOwner
            || (
                item.Name.StartsWith(OfColumn, StringComparison.Ordinal)
                && !otherSide.ContainsKey(new ObjectKey(SchemaObjectType.Column, item.Name[OfColumn.Length..]))
            );
    }

    /// <summary>Whether the other side lacks the whole table, which is one difference and not one per column.</summary>
    private static bool IsShownByTable(SchemaObject item, Dictionary<ObjectKey, SchemaObject> otherSide) =>
        item is { Type: SchemaObjectType.Column or SchemaObjectType.Constraint, Table: { } table }
        && !otherSide.ContainsKey(new ObjectKey(SchemaObjectType.Table, table));

    private static SchemaDifference Difference(SchemaObject? left, SchemaObject? right, SchemaFixes fixes)
    {
        var item = (left ?? right)!;
        return new SchemaDifference
        {
            Kind =
                left is null ? DifferenceKind.Added
                : right is null ? DifferenceKind.Removed
                : DifferenceKind.Changed,
            ObjectType = item.Type,
            Name = item.Name,
            Left = left?.Definition,
            Right = right?.Definition,
            Fix = fixes.Of(left, right),
        };
    }

    /// <summary>
    /// Tables that have the same columns in another order. Columns that only one side has do not count: they are differences of their own.
    /// </summary>
    private static IEnumerable<SchemaDifference> ColumnOrders(SchemaSnapshot left, SchemaSnapshot right)
    {
        var found = Columns(right).ToDictionary(t => t.Table, t => t.Names, StringComparer.Ordinal);
        foreach (var (table, names) in Columns(left))
        {
            if (!found.TryGetValue(table, out var others))
                continue;
            var mine = names.Where(others.Contains).ToList();
            var theirs = others.Where(names.Contains).ToList();
            if (!mine.SequenceEqual(theirs, StringComparer.Ordinal))
            {
                yield return new SchemaDifference
                {
                    Kind = DifferenceKind.Changed,
                    ObjectType = SchemaObjectType.Table,
                    Name = table,
                    IsColumnOrder = true,
                    Left = "columns in the order " + string.Join(", ", mine),
                    Right = "columns in the order " + string.Join(", ", theirs),
                };
            }
        }
    }

    private static IEnumerable<(string Table, List<string> Names)> Columns(SchemaSnapshot snapshot) =>
        snapshot
            .Objects.Where(o => o is { Type: SchemaObjectType.Column, Table: not null })
            .GroupBy(o => o.Table!, StringComparer.Ordinal)
            .Select(g => (g.Key, g.OrderBy(o => o.Position).Select(o => o.Name).ToList()));

    // A class: LINQ over a value type of our own would make the native file larger.
    private sealed record ObjectKey(SchemaObjectType Type, string Name);
}
