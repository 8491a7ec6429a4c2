namespace Migrations.Databases;

/// <summary>
/// What the triggers of a database do when a statement writes rows, and the triggers and foreign keys behind those: what is deleted or
/// overwritten by that no statement of the script says.
/// </summary>
public sealed class FiredTriggers
{
    private readonly List<(string Table, RowWriteKind On, FiredTrigger Trigger)> _triggers = [];
    private readonly List<(RowWrite Parent, RowWrite Child)> _keys = [];

    /// <summary>Whether there are no triggers.</summary>
    public bool IsEmpty => _triggers.Count == 0;

    /// <summary>A trigger is there.</summary>
    /// <param name="table">Its table, as the database compares names.</param>
    /// <param name="on">What fires it.</param>
    /// <param name="trigger">The trigger.</param>
    public void Add(string table, RowWriteKind on, FiredTrigger trigger) => _triggers.Add((table, on, trigger));

    /// <summary>A trigger, or all of a table, are gone.</summary>
    /// <param name="table">The table.</param>
    /// <param name="name">The trigger; null for all.</param>
    public void Remove(string? table, string? name) =>
        _triggers.RemoveAll(t =>
            (table is null || string.Equals(t.Table, table, StringComparison.Ordinal))
            && (name is null || string.Equals(t.Trigger.Name, name, StringComparison.Ordinal))
        );

    /// <summary>A table gets another name: its triggers, and what others and foreign keys say of it, go with it.</summary>
    public void Rename(string table, string newName)
    {
        string Now(string name) => string.Equals(name, table, StringComparison.Ordinal) ? newName : name;
        RowWrite Of(RowWrite write) => write with { Table = Now(write.Table) };
        for (var at = 0; at < _triggers.Count; at++)
        {
            var (of, on, trigger) = _triggers[at];
            _triggers[at] = (Now(of), on, trigger with { Writes = [.. trigger.Writes.Select(Of)] });
        }

        for (var at = 0; at < _keys.Count; at++)
            _keys[at] = (Of(_keys[at].Parent), Of(_keys[at].Child));
    }

    /// <summary>A foreign key passes on what happens to its parent.</summary>
    public void AddKey(RowWrite parent, RowWrite child) => _keys.Add((parent, child));

    /// <summary>What is deleted or overwritten besides by a statement; empty for nothing.</summary>
    /// <param name="statement">What the statement does itself.</param>
    /// <param name="passedOn">What foreign keys do because of it.</param>
    /// <param name="findsRows">Whether it finds rows: otherwise only triggers of statements fire.</param>
    /// <param name="names">Every name in the statement: a trigger of columns that are not among them does not fire.</param>
    public IReadOnlyList<RowWrite> Of(RowWrite statement, IEnumerable<RowWrite> passedOn, bool findsRows, IReadOnlySet<string> names)
    {
        var found = new List<RowWrite>();
        HashSet<RowWrite> seen = [statement, .. passedOn];
        var known = seen.ToHashSet();
        var open = new Queue<RowWrite>(seen);
        while (open.TryDequeue(out var write))
        {
            var isItself = write == statement;
            var writes = _triggers
                .Where(t => string.Equals(t.Table, write.Table, StringComparison.Ordinal) && t.On == write.Kind)
                .Where(t => !isItself || ((findsRows || t.Trigger.IsOfStatement) && t.Trigger.MayBeFiredBy(names)))
                .SelectMany(t => t.Trigger.Writes)
                .ToList();
            found.AddRange(writes.Where(w => w.Kind != RowWriteKind.Insert).Except(found));
            var keys = known.Contains(write) ? [] : _keys.Where(k => k.Parent == write).Select(k => k.Child);
            foreach (var next in writes.Concat(keys).Where(seen.Add))
                open.Enqueue(next);
        }

        return found;
    }
}
