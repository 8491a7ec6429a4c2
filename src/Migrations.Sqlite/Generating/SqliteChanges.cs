using Migrations.Schema;

namespace Migrations.Sqlite;

/// <summary>
/// The changes from one schema to another: what hinders goes first, then tables change, then what stands on them is made. SQLite looks at
/// what a view or trigger names only when it is used.
/// </summary>
internal sealed class SqliteChanges
{
    private static readonly Version AltersColumns = new(3, 53);

    private readonly SchemaSnapshot _from;
    private readonly SchemaSnapshot _to;
    private readonly Dictionary<string, SqliteTable> _old;
    private readonly Dictionary<string, SqliteTable> _wanted;
    private readonly List<string> _statements = [];
    private readonly SqliteChangeNotes _notes = new();

    // Tables and views that go, or are made again: what stands on them goes with them.
    private readonly HashSet<string> _gone = new(SqliteNames.Comparer);

    /// <summary>Compares two schemas.</summary>
    public SqliteChanges(SchemaSnapshot from, SchemaSnapshot to)
    {
        (_from, _to) = (from, to);
        (_old, _wanted) = (SqliteTable.Of(from), SqliteTable.Of(to));
    }

    /// <summary>Writes them.</summary>
    public ChangeScript Write()
    {
        var alterations = Alterations();
        foreach (var view in Changed(SchemaObjectType.View))
            _gone.Add(view.Name);
        foreach (var table in _old.Values.Where(t => !_wanted.ContainsKey(t.Name)))
            _gone.Add(table.Name);
        foreach (var type in (SchemaObjectType[])[SchemaObjectType.Trigger, SchemaObjectType.View, SchemaObjectType.Index])
            _statements.AddRange(Changed(type).Where(o => o.Table is null || !_gone.Contains(o.Table)).Select(o => o.DropSql!));
        DropTables();
        foreach (var table in SchemaOrder.Of(_wanted.Values.Where(t => !_old.ContainsKey(t.Name)).Select(t => t.Item)))
            _statements.Add(table.CreateSql!);
        foreach (var statements in alterations)
            _statements.AddRange(statements);
        foreach (var type in (SchemaObjectType[])[SchemaObjectType.Index, SchemaObjectType.View, SchemaObjectType.Trigger])
            _statements.AddRange(SchemaOrder.Of(Missing(type)).Select(o => o.CreateSql!));
        foreach (var index in Missing(SchemaObjectType.Index).Where(i => Find(_from, i) is not { } old || !IsSame(old, i)))
        {
            if (_old.TryGetValue(index.Table!, out var table))
                _notes.Comes(table, index);
        }

        return _notes.Of(_statements);
    }

    private void DropTables()
    {
        // A table may stand on another by a key: the one that names the other goes first.
        foreach (
            var table in SchemaOrder.Of(_old.Values.Where(t => !_wanted.ContainsKey(t.Name)).Select(t => t.Item)).AsEnumerable().Reverse()
        )
        {
            _statements.Add(table.DropSql!);
            _notes.Goes(table.Name);
        }
    }

    /// <summary>The statements of each table that changes; those that are rebuilt count as gone.</summary>
    private List<IReadOnlyList<string>> Alterations()
    {
        var found = new List<IReadOnlyList<string>>();
        foreach (var (old, wanted) in Pairs())
        {
            if (old.IsVirtual || wanted.IsVirtual)
            {
                if (new SqliteVirtualChange(old, wanted).TryWrite() is { } again)
                    found.Add(again);
                else
                    _notes.Undecided($"The virtual table {old.Name} differs, and its rows cannot be carried over in general.");
                continue;
            }

            var alteration = new SqliteAlteration(old, wanted, Staying(old), VersionOf(_from) >= AltersColumns);
            if (alteration.TryWrite() is { } statements)
                found.Add(statements);
            else
                found.Add(Rebuild(old, wanted));
            _notes.Changed(old, wanted, alteration);
        }

        return found;
    }

    private List<(SqliteTable Old, SqliteTable Wanted)> Pairs() =>
        [
            .. SchemaOrder
                .Of(_wanted.Values.Where(t => _old.TryGetValue(t.Name, out var old) && !old.IsSame(t)).Select(t => t.Item))
                .Select(t => (_old[t.Name], _wanted[t.Name])),
        ];

    private List<string> Rebuild(SqliteTable old, SqliteTable wanted)
    {
        _gone.Add(old.Name);
        _notes.Rebuilt(old.Name);
        return
        [
            .. new SqliteRebuild(old, wanted, Temporary(old.Name))
            {
                KeepsRowid = _wanted.Values.Any(t => t.IsVirtual && Names(t.Item, old.Name)),
                IsNamedByOthers = _from.Objects.Any(o =>
                    o.Type is SchemaObjectType.View or SchemaObjectType.Trigger
                    && !string.Equals(o.Table, old.Name, StringComparison.Ordinal)
                    && (IsKept(o) || o.Type == SchemaObjectType.Trigger)
                    && Names(o, old.Name)
                ),
            }.Write(),
        ];
    }

    private string Temporary(string table)
    {
        var name = "new_" + SqliteNames.Unquote(table);
        while (_from.Objects.Concat(_to.Objects).Any(o => SqliteNames.Comparer.Equals(SqliteNames.Unquote(o.Name), name)))
            name += "_";
        return SqliteNames.Show(name);
    }

    /// <summary>What is there while a table changes: its indexes, and all views and triggers.</summary>
    private List<SchemaObject> Staying(SqliteTable table) =>
        [
            .. _from.Objects.Where(o =>
                IsKept(o)
                && (
                    o.Type is SchemaObjectType.View or SchemaObjectType.Trigger
                    || (o.Type == SchemaObjectType.Index && string.Equals(o.Table, table.Name, StringComparison.Ordinal))
                )
            ),
        ];

    // What is behind the number says where the library is from.
    private static Version VersionOf(SchemaSnapshot schema) =>
        Version.TryParse(schema.EngineVersion.Split(' ')[0], out var version) ? version : new Version(3, 0);

    private static bool Names(SchemaObject item, string name) =>
        SqliteTokenCursor.Read(item.CreateSql!).Exists(t => SqliteTablePiece.IsName(t, SqliteNames.Unquote(name)));

    /// <summary>What of a kind goes, or is made again with another definition.</summary>
    private IEnumerable<SchemaObject> Changed(SchemaObjectType type) => _from.Objects.Where(o => o.Type == type && !IsKept(o));

    private bool IsKept(SchemaObject item) => Find(_to, item) is { } other && IsSame(item, other);

    /// <summary>What of a kind has to be made: what is new or changed, and what went with its table or view.</summary>
    private IEnumerable<SchemaObject> Missing(SchemaObjectType type) =>
        _to.Objects.Where(o =>
            o.Type == type && (Find(_from, o) is not { } old || !IsSame(old, o) || (o.Table is { } table && _gone.Contains(table)))
        );

    private static SchemaObject? Find(SchemaSnapshot schema, SchemaObject item) =>
        schema.Objects.FirstOrDefault(o => o.Type == item.Type && string.Equals(o.Name, item.Name, StringComparison.Ordinal));

    private static bool IsSame(SchemaObject one, SchemaObject other) =>
        string.Equals(one.Definition, other.Definition, StringComparison.Ordinal)
        && string.Equals(one.Table, other.Table, StringComparison.Ordinal);
}
