using Migrations.Schema;

namespace Migrations.Integrity;

/// <summary>Follows the names in a statement through the views, triggers, rules and functions that they stand for.</summary>
internal sealed class ReachedDefinitions
{
    private static readonly SchemaObjectType[] Followed =
        [SchemaObjectType.View, SchemaObjectType.MaterializedView, SchemaObjectType.Function, SchemaObjectType.Trigger, SchemaObjectType.Rule];

    private static readonly SchemaObjectType[] WithColumns = [SchemaObjectType.Type, SchemaObjectType.Domain, SchemaObjectType.Extension, SchemaObjectType.Function];

    private readonly SqlNameReader _reader;
    private readonly ILookup<string, SchemaObject> _byName;
    private readonly HashSet<string> _takingColumns;

    public ReachedDefinitions(SqlNameReader reader, SchemaSnapshot before, SchemaSnapshot after)
    {
        _reader = reader;
        _byName = before.Objects.Concat(after.Objects).Where(o => Followed.Contains(o.Type))
            .ToLookup(o => reader.LastName(o is { Type: SchemaObjectType.Trigger or SchemaObjectType.Rule, Table: { } table } ? table : o.Name), StringComparer.OrdinalIgnoreCase);
        _takingColumns = before.Objects.Where(o => WithColumns.Contains(o.Type)).Select(o => reader.LastName(o.Name)).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether a statement that drops with CASCADE, or changes a type, names something that columns may go with.</summary>
    public bool TakesColumns(string text) => _reader.Names(text).Any(_takingColumns.Contains);

    /// <summary>Collects the names in a statement, and in all that it leads to.</summary>
    /// <param name="text">The statement.</param>
    /// <param name="onlyCalls">Whether the statement itself only reads, so that what it names counts only where it leads to a function that can write.</param>
    /// <param name="names">Gets the names.</param>
    /// <returns>Whether it leads to something that cannot be seen into.</returns>
    public bool Follow(string text, bool onlyCalls, HashSet<string> names)
    {
        // What only reads fires no trigger.
        if (onlyCalls && !Reach(text, withTriggers: false).Calls)
            return false;
        var reached = Reach(text, withTriggers: true);
        names.UnionWith(reached.Names);
        return reached.IsHidden;
    }

    private (HashSet<string> Names, bool Calls, bool IsHidden) Reach(string text, bool withTriggers)
    {
        var (names, texts) = (new HashSet<string>(StringComparer.OrdinalIgnoreCase), new Stack<string>([text]));
        var (calls, isHidden) = (false, false);
        while (texts.TryPop(out var next))
        {
            foreach (var item in _reader.Names(next).Where(names.Add).SelectMany(n => _byName[n]).ToList())
            {
                var words = _reader.Words(item.Definition);
                if ((item.Type is SchemaObjectType.Trigger or SchemaObjectType.Rule && !withTriggers) || (item.Type is SchemaObjectType.Function && OnlyReads(words)))
                    continue;
                calls |= item.Type is SchemaObjectType.Function;
                isHidden |= StatementEffect.IsHidden(words);
                texts.Push(item.Definition);
            }
        }

        return (names, calls, isHidden);
    }

    /// <summary>Whether a function says of itself, before its body, that it changes nothing.</summary>
    private static bool OnlyReads(List<string> words) => words.TakeWhile(w => w is not ("AS" or "BEGIN" or "RETURN")).Any(w => w is "IMMUTABLE" or "STABLE");
}
