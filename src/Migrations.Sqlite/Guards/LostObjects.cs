namespace Migrations.Sqlite;

/// <summary>
/// Finds what went with tables and views that a script recreates. SQLite drops the triggers and indexes of a table with it without a word
/// (<see href="https://sqlite.org/lang_droptable.html"/>), and a table that is made from a query has no keys.
/// </summary>
internal sealed class LostObjects
{
    private readonly ScriptFacts _facts;
    private readonly ObjectImage _before;
    private readonly ObjectImage _after;
    private readonly bool _isUp;
    private readonly List<LostObject> _lost = [];

    private LostObjects(ScriptFacts facts, ObjectImage before, ObjectImage after, bool isUp) =>
        (_facts, _before, _after, _isUp) = (facts, before, after, isUp);

    /// <summary>Finds it.</summary>
    /// <param name="facts">What the script does.</param>
    /// <param name="before">What was there before.</param>
    /// <param name="after">What is there now.</param>
    /// <param name="isUp">Whether it is no undo: an undo takes away what its migration made.</param>
    /// <param name="isAccepted">Whether the script says that it may lose objects.</param>
    public static IReadOnlyList<LostObject> Find(ScriptFacts facts, ObjectImage before, ObjectImage after, bool isUp, bool isAccepted)
    {
        var found = new LostObjects(facts, before, after, isUp);
        foreach (var owner in facts.Remade.Where(n => before.Owners.Contains(n) && after.Owners.Contains(n)))
            found.Collect(owner);
        foreach (var (table, kept) in facts.Renamed.Where(r => after.Tables.Contains(r.Key) && after.Tables.Contains(r.Value)))
            found.CollectLeftBehind(table, kept);
        found.CollectViews();
        return isAccepted ? [.. found._lost.Select(l => l with { Weight = LostObjectWeight.Listed })] : found._lost;
    }

    private void Collect(string owner)
    {
        CollectTriggers(owner);
        if (!_before.Tables.Contains(owner) || !_after.Tables.Contains(owner))
            return;
        CollectIndexes(owner);
        CollectConstraints(owner);
    }

    private void CollectTriggers(string owner)
    {
        // One that is made under another name for the same event stands in its place.
        var made = _after.Triggers(owner).Where(t => !_before.Has(t.Name)).Select(t => TriggerEvent.Of(t.Sql)).ToList();
        foreach (var trigger in _before.Triggers(owner).Where(t => !_after.Has(t.Name) && !_facts.DroppedOthers.Contains(t.Name)))
        {
            if (!made.Remove(TriggerEvent.Of(trigger.Sql)))
                Add("trigger", SqliteNames.Show(trigger.Name), owner, trigger.Sql, LostObjectWeight.Refused);
        }
    }

    private void CollectIndexes(string table)
    {
        var columns = _after.ColumnsOf(table);
        var now = _after.Indexes(table);
        var primaryKey = _after.TextOf(table).PrimaryKey;
        foreach (
            var index in _before
                .Indexes(table)
                .Where(i => i.Sql is not null && !_after.Has(i.Name) && !_facts.DroppedOthers.Contains(i.Name))
        )
        {
            if (index.Columns.Any(c => c is not null && !columns.Contains(c)) || now.Any(n => n.StandsFor(index)))
                continue;
            if (index.IsUnique && IsIn(primaryKey, index.Columns.OfType<string>().ToHashSet(SqliteNames.Comparer)))
                continue;
            Add(
                index.IsUnique ? "unique index" : "index",
                SqliteNames.Show(index.Name),
                table,
                index.Sql,
                index.IsUnique ? LostObjectWeight.Unrehearsed : LostObjectWeight.Warned
            );
        }
    }

    private void CollectConstraints(string table)
    {
        var (before, after) = (_before.TextOf(table), _after.TextOf(table));
        var columns = _after.ColumnsOf(table);
        var keys = _after.Indexes(table).Where(i => i is { IsUnique: true, IsPartial: false }).ToList();
        foreach (var constraint in before.Constraints.Where(c => !after.Constraints.Exists(n => n.Kind == c.Kind && SaysTheSame(n, c))))
        {
            var isKey = constraint.Kind is SqliteConstraintKind.PrimaryKey or SqliteConstraintKind.Unique;
            var of = constraint.Columns.Select(SqliteNames.Unquote).ToHashSet(SqliteNames.Comparer);
            if (
                (constraint.Kind != SqliteConstraintKind.Check && !of.IsSubsetOf(columns))
                || (isKey && (IsIn(after.PrimaryKey, of) || keys.Exists(k => IsIn(k.Columns, of))))
            )
                continue;
            // What the script's own CREATE TABLE leaves out is left out: there is no other way to take a constraint off a table.
            Add(
                "constraint",
                constraint.Name is { } name ? $"{SqliteNames.Show(name)} {constraint.Text}" : constraint.Text,
                table,
                sql: null,
                isKey && _facts.IsMadeFromQuery(table) ? LostObjectWeight.Refused : LostObjectWeight.Listed
            );
        }
    }

    // A key of some columns keeps apart whatever one of these and more did.
    private static bool IsIn(IReadOnlyList<string?> key, HashSet<string> columns) =>
        key.Count > 0 && key.All(c => c is not null && columns.Contains(SqliteNames.Unquote(c)));

    private static bool SaysTheSame(SqliteConstraintText one, SqliteConstraintText other) =>
        string.Equals(one.Text, other.Text, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// What goes on with a table under the name that it keeps its rows by, and not with the new one in its place: RENAME rewrites it
    /// (<see href="https://sqlite.org/lang_altertable.html#altertabrename"/>).
    /// </summary>
    private void CollectLeftBehind(string table, string kept)
    {
        foreach (var item in _before.Naming(table))
        {
            var isRemade = _facts.DroppedOthers.Contains(item.Name) || _facts.Removed.Contains(item.Name);
            if (isRemade || !_after.Naming(kept).Any(a => SqliteNames.Comparer.Equals(a.Name, item.Name)))
                continue;
            var isOwn = item.Type is "index" or "trigger" && item.BelongsTo(table);
            // A foreign key takes a rebuild of its table, and no single statement.
            var sql = item.Type is "table" ? null : $"DROP {item.Type.ToUpperInvariant()} {SqliteNames.Show(item.Name)}; {item.Sql}";
            Add(isOwn ? item.Type : $"reference from {item.Type}", SqliteNames.Show(item.Name), table, sql, LostObjectWeight.Warned);
        }
    }

    private void CollectViews()
    {
        foreach (var view in _before.Views.Where(v => _facts.DroppedOthers.Contains(v.Name) && !_after.Has(v.Name)))
        {
            if (
                _facts.Remade.FirstOrDefault(t =>
                    SqliteTokenCursor.Read(view.Sql ?? "").Exists(token => SqliteNames.Comparer.Equals(token.Name, t))
                ) is
                { } table
            )
                Add("view", SqliteNames.Show(view.Name), table, view.Sql, LostObjectWeight.Warned);
        }
    }

    private void Add(string kind, string name, string table, string? sql, LostObjectWeight weight) =>
        _lost.Add(
            new LostObject(
                kind,
                name,
                SqliteNames.Show(table),
                sql is null ? null : sql + ";",
                weight > LostObjectWeight.Warned && !_isUp ? LostObjectWeight.Warned : weight
            )
        );
}
