using Migrations.Schema;

namespace Migrations.Integrity;

/// <summary>Follows the names in a statement through the views, triggers, rules and functions that they stand for.</summary>
internal sealed class ReachedDefinitions
{
    private static readonly SchemaObjectType[] Followed =
    [
        SchemaObjectType.View,
        SchemaObjectType.MaterializedView,
        SchemaObjectType.Function,
        SchemaObjectType.Trigger,
        SchemaObjectType.Rule,
    ];

    private static readonly SchemaObjectType[] WithColumns =
    [
        SchemaObjectType.Type,
        SchemaObjectType.Domain,
        SchemaObjectType.Extension,
        SchemaObjectType.Function,
    ];

    private readonly SqlNameReader _reader;
    private readonly ILookup<string, SchemaObject> _byName;
    private readonly HashSet<string> _takingColumns;

    public ReachedDefinitions(SqlNameReader reader, SchemaSnapshot before, SchemaSnapshot after)
    {
        _reader = reader;
        _byName = before
            .Objects.Concat(after.Objects)
            .Where(o => Followed.Contains(o.Type))
            .ToLookup(o => reader.LastName(RunsOn(o) ?? o.Name), StringComparer.OrdinalIgnoreCase);
        _takingColumns = before
            .Objects.Where(o => WithColumns.Contains(o.Type))
            .Select(o => reader.LastName(o.Name))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether there is something among the names that columns may go with when it is dropped with CASCADE.</summary>
    public bool TakesColumns(IEnumerable<string> names) => names.Any(_takingColumns.Contains);

    /// <summary>Collects the names in statements, and in all that they lead to.</summary>
    /// <param name="roots">The names in the statements.</param>
    /// <param name="onlyCalls">
    /// Whether the statements themselves only read, so that what they name counts only where they lead to a function that can write.
    /// </param>
    /// <param name="names">Gets the names.</param>
    /// <returns>Whether it leads to something that cannot be seen into.</returns>
    public bool Follow(IReadOnlyCollection<string> roots, bool onlyCalls, HashSet<string> names)
    {
        // What only reads fires no trigger.
        if (onlyCalls && !Reach(roots, withTriggers: false).Calls)
            return false;
        var reached = Reach(roots, withTriggers: true);
        names.UnionWith(reached.Names);
        return reached.IsHidden;
    }

    private (HashSet<string> Names, bool Calls, bool IsHidden) Reach(IReadOnlyCollection<string> roots, bool withTriggers)
    {
        var (names, texts) = (new HashSet<string>(StringComparer.OrdinalIgnoreCase), new Queue<IEnumerable<string>>([roots]));
        var (calls, isHidden) = (false, false);
        while (texts.TryDequeue(out var next))
        {
            foreach (var item in next.Where(names.Add).SelectMany(n => _byName[n]).ToList())
            {
                var words = _reader.Words(item.Definition);
                var isFunction = item.Type is SchemaObjectType.Function;
                if ((RunsOn(item) is not null && !withTriggers) || (isFunction && OnlyReads(words)))
                    continue;
                calls |= isFunction;
                isHidden |= StatementEffect.IsHidden(words);
                texts.Enqueue(_reader.Names(item.Definition));
            }
        }

        return (names, calls, isHidden);
    }

    /// <summary>The table on which a trigger or a rule runs by itself; null for anything else.</summary>
    private static string? RunsOn(SchemaObject item) => item.Type is SchemaObjectType.Trigger or SchemaObjectType.Rule ? item.Table : null;

    /// <summary>Whether a function says of itself, before its body, that it changes nothing.</summary>
    private static bool OnlyReads(List<string> words) =>
        words.TakeWhile(w => w is not ("AS" or "BEGIN" or "RETURN")).Any(w => w is "IMMUTABLE" or "STABLE");
}
