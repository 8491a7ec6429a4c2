using Migrations.Schema;

namespace Migrations.PostgreSql;

/// <summary>
/// The changes from one schema to another, in three parts: what goes or hinders, from what stands on others down; what changes and comes,
/// from the ground up; and types, sequences and functions that no one needs any more.
/// </summary>
internal sealed class PostgreSqlChanges
{
    private readonly SchemaPairs _pairs;
    private readonly Recreation _recreation;
    private readonly PostgreSqlChangeNotes _notes = new();
    private readonly List<string> _statements = [];
    private readonly List<(SchemaObject Old, SchemaObject Wanted, string Sql)> _renames = [];

    // What is made or changed at the place of an object of the wanted schema.
    private readonly Dictionary<SchemaObject, IReadOnlyList<string>> _made = new(ReferenceEqualityComparer.Instance);
    private readonly List<SchemaObject> _late = [];
    private readonly bool _converts;

    /// <summary>Compares two schemas.</summary>
    public PostgreSqlChanges(SchemaSnapshot from, SchemaSnapshot to, bool converts)
    {
        _converts = converts;
        _pairs = new SchemaPairs(from, to);
        _recreation = new Recreation(from, _pairs);
    }

    /// <summary>Writes them.</summary>
    public ChangeScript Write()
    {
        var renamed = Renamed();
        foreach (var (old, wanted) in _pairs.Differs.Where(p => !renamed.Contains(p.Wanted)))
            Change(old, wanted);
        foreach (var item in _pairs.Comes.Where(c => !renamed.Contains(c)))
            Come(item);
        foreach (var item in _pairs.Goes.Where(g => !renamed.Contains(g)))
            Go(item);
        // What goes for a while comes back, with its comments.
        var back = _recreation.Found.Select(_pairs.WantedOf).OfType<SchemaObject>().ToList();
        foreach (var item in back.Where(b => !_made.ContainsKey(b) || _recreation.Found.Contains(_pairs.OldOf(b)!)))
            _made[item] = [item.CreateSql ?? ""];
        // What goes for a while comes back under its new name.
        foreach (var (_, wanted, _) in _renames.Where(r => _recreation.Found.Contains(r.Old)))
            _made[wanted] = [wanted.CreateSql!];
        foreach (var comment in CommentsOf(back))
            _made[comment] = [comment.CreateSql!];

        _statements.AddRange(DropOrder.Of(_recreation.Found, _pairs).Where(s => s.Length > 0));
        _statements.AddRange(_renames.Where(r => !_recreation.Found.Contains(r.Old)).Select(r => r.Sql));
        foreach (var item in SchemaOrder.Of(_made.Keys))
            _statements.AddRange(_made[item].Where(s => s.Length > 0));
        _statements.AddRange(Ownerships());
        _statements.AddRange(SchemaOrder.Of(_late).AsEnumerable().Reverse().Select(l => l.DropSql!));
        return _notes.Of(_statements);
    }

    private void Come(SchemaObject item)
    {
        if (item.CreateSql is null)
        {
            _notes.Undecided(item);
            return;
        }

        _notes.Comes(item, _pairs);
        _made[item] =
            item is { Type: SchemaObjectType.Constraint, Table: { } table } && !_pairs.IsNew(table) ? Validated(item) : [item.CreateSql];
    }

    // Rows that are there are looked at under a lock that lets others write
    // (https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES).
    private static IReadOnlyList<string> Validated(SchemaObject constraint)
    {
        var sql = constraint.CreateSql!;
        if (
            !(SchemaOrder.IsForeignKey(constraint) || constraint.Definition.StartsWith("CHECK", StringComparison.Ordinal))
            || sql.EndsWith("NOT VALID", StringComparison.Ordinal)
        )
            return [sql];
        var name = constraint.Name[(constraint.Table!.Length + 1)..];
        return [$"{sql} NOT VALID", $"ALTER TABLE {constraint.Table} VALIDATE CONSTRAINT {name}"];
    }

    private void Go(SchemaObject item)
    {
        if (item.Type == SchemaObjectType.Comment)
        {
            // It goes with what it is about.
            if (!_pairs.Old.Any(o => _pairs.WantedOf(o) is null && CommentTarget.Is(item, o)))
                _made[item] = [item.DropSql!];
            return;
        }

        if (item.DropSql is null)
        {
            _notes.Undecided(item);
            return;
        }

        _notes.Goes(item);
        if (item.Type >= SchemaObjectType.Table || (item.Type == SchemaObjectType.Function && HoldsOthers(item)))
            _recreation.Drop(item);
        else
            _late.Add(item);
    }

    /// <summary>Whether a function names in its head what goes before it.</summary>
    private bool HoldsOthers(SchemaObject function) =>
        _pairs.Goes.Any(g =>
            g.Type is SchemaObjectType.Table or SchemaObjectType.View or SchemaObjectType.MaterializedView
            && SchemaOrder.Names(SchemaOrder.WithoutBody(function.CreateSql ?? ""), g.Name)
        );

    private void Change(SchemaObject old, SchemaObject wanted)
    {
        switch (wanted.Type)
        {
            case SchemaObjectType.Column:
                ChangeColumn(new ColumnChange(old, wanted, _converts));
                break;
            case SchemaObjectType.Type when EnumChange.Is(old, wanted):
                ChangeEnum(new EnumChange(old, wanted));
                break;
            case SchemaObjectType.Sequence:
                _made[wanted] = [SequenceChange.Write(wanted)];
                break;
            case SchemaObjectType.Comment:
                _made[wanted] = [wanted.CreateSql!];
                break;
            case SchemaObjectType.Table when TableAlteration.TryWrite(old, wanted) is { } statements:
                _made[wanted] = statements;
                break;
            case SchemaObjectType.Function or SchemaObjectType.View when CanReplace(old, wanted):
                _made[wanted] = [wanted.ReplaceSql!];
                break;
            case > SchemaObjectType.Column or SchemaObjectType.Function when old.DropSql is not null && wanted.CreateSql is not null:
                _recreation.Drop(old);
                _notes.Comes(wanted, _pairs);
                break;
            default:
                _notes.Undecided(old, wanted);
                break;
        }
    }

    private static bool CanReplace(SchemaObject old, SchemaObject wanted) =>
        wanted is { ReplaceSql: not null, Kept: { } kept } && old.Kept is { } before && kept.StartsWith(before, StringComparison.Ordinal);

    private void ChangeColumn(ColumnChange change)
    {
        if (change.Undecided is { } why)
        {
            _notes.Undecided(why);
            return;
        }

        if (change.ChangesType || change.IsComputedAnew)
            _recreation.ChangeType(change.Old);
        _notes.Changes(change);
        _made[change.Wanted] = [.. change.Write()];
    }

    private void ChangeEnum(EnumChange change)
    {
        var isUsedAtOnce = _pairs
            .Differs.Select(d => d.Wanted)
            .Concat(_pairs.Comes)
            .Any(o => o.CreateSql is { } sql && o != change.Wanted && change.AddsWhatIsUsed(sql));
        if (!change.IsReplaced && !isUsedAtOnce)
        {
            _made[change.Wanted] = [.. change.Add()];
            return;
        }

        var columns = _pairs.Old.Where(o => o.Type == SchemaObjectType.Column && change.IsOf(o)).ToList();
        _recreation.Replace(change.Old, columns);
        var kept = columns.Select(c => (c, _pairs.WantedOf(c)!)).Where(c => c.Item2 is not null && change.IsOf(c.Item2));
        _made[change.Wanted] = [.. change.Replace(kept)];
        _notes.Changes(change, columns);
    }

    /// <summary>Constraints and indexes that only bear another name get it, and are not made again.</summary>
    private HashSet<SchemaObject> Renamed()
    {
        var found = new HashSet<SchemaObject>(ReferenceEqualityComparer.Instance);
        foreach (var old in _pairs.Goes.Where(g => g.Type is SchemaObjectType.Constraint or SchemaObjectType.Index))
        {
            var wanted = _pairs.Comes.FirstOrDefault(c =>
                c.Type == old.Type
                && string.Equals(c.Table, old.Table, StringComparison.Ordinal)
                && string.Equals(c.Definition, old.Definition, StringComparison.Ordinal)
                && !found.Contains(c)
            );
            if (wanted is null)
                continue;
            var sql =
                old.Type == SchemaObjectType.Index
                    ? $"ALTER INDEX {old.Name} RENAME TO {SqlNames.LastPart(wanted.Name)}"
                    : $"ALTER TABLE {old.Table} RENAME CONSTRAINT {old.Name[(old.Table!.Length + 1)..]} "
                        + $"TO {wanted.Name[(wanted.Table!.Length + 1)..]}";
            _renames.Add((old, wanted, sql));
            found.UnionWith([old, wanted]);
        }

        return found;
    }

    private IEnumerable<SchemaObject> CommentsOf(List<SchemaObject> again) =>
        _pairs.Wanted.Where(w => w.Type == SchemaObjectType.Comment && !_made.ContainsKey(w) && again.Exists(a => CommentTarget.Is(w, a)));

    /// <summary>A sequence that comes with no table belongs to its column only when both are there.</summary>
    private IEnumerable<string> Ownerships() =>
        _pairs
            .Comes.Select(c => (Sequence: c, Owner: SchemaPairs.OwnerOf(c)))
            .Where(p => p.Owner is { } owner && !_pairs.IsNew(owner.Table))
            .Select(p => $"ALTER SEQUENCE {p.Sequence.Name} OWNED BY {p.Owner!.Value.Column}");
}
