using Migrations.Schema;

namespace Migrations.Sqlite;

/// <summary>
/// Writes what changes a table without a rebuild, where SQLite can (<see href="https://sqlite.org/lang_altertable.html"/>).
/// </summary>
/// <param name="from">The table as it is.</param>
/// <param name="to">The table as it should be.</param>
/// <param name="staying">What stays while the table changes: indexes of it, views, triggers.</param>
/// <param name="canAlterColumns">Whether the library can set NOT NULL, and add and drop checks: since 3.53.0.</param>
internal sealed class SqliteAlteration(SqliteTable from, SqliteTable to, IReadOnlyList<SchemaObject> staying, bool canAlterColumns)
{
    private readonly List<string> _statements = [];
    private readonly HashSet<(string? Name, string Text)> _carried = [];

    /// <summary>The columns that go.</summary>
    public IReadOnlyList<SqliteColumnText> Dropped { get; } = [.. from.Text.Columns.Where(c => Find(to, c) is null)];

    /// <summary>The columns that come.</summary>
    public IReadOnlyList<SqliteColumnText> Added { get; } = [.. to.Text.Columns.Where(c => Find(from, c) is null)];

    /// <summary>The statements; null where only a rebuild does it.</summary>
    public IReadOnlyList<string>? TryWrite()
    {
        if (
            from.IsVirtual
            || to.IsVirtual
            || !string.Equals(from.Name, to.Name, StringComparison.Ordinal)
            || !string.Equals(from.Item.Definition, to.Item.Definition, StringComparison.Ordinal)
            || !KeepsOrder()
            || Dropped.Count == from.Text.Columns.Count
        )
            return null;
        return Dropped.All(TryDrop) && Kept().All(k => TryChange(k.From, k.To)) && Added.All(TryAdd) && TryConstraints()
            ? _statements
            : null;
    }

    /// <summary>A column of the same name.</summary>
    public static SqliteColumnText? Find(SqliteTable table, SqliteColumnText column) =>
        table.Text.Columns.Find(c => SqliteNames.Comparer.Equals(c.Name, column.Name));

    private IEnumerable<(SqliteColumnText From, SqliteColumnText To)> Kept() =>
        from.Text.Columns.Select(c => (c, Find(to, c))).Where(p => p.Item2 is not null).Select(p => (p.c, p.Item2!));

    /// <summary>What stays keeps its order, and what comes stands behind it.</summary>
    private bool KeepsOrder() =>
        Kept()
            .Select(k => k.To.Name)
            .Concat(Added.Select(a => a.Name))
            .SequenceEqual(to.Text.Columns.Select(c => c.Name), StringComparer.Ordinal)
        && Kept().All(k => string.Equals(k.From.Name, k.To.Name, StringComparison.Ordinal));

    private bool TryDrop(SqliteColumnText column)
    {
        var piece = from.PieceOf(column);
        if (piece.Has("PRIMARY", "UNIQUE") || from.Pieces.Any(p => p != piece && p.Names(column.Name)))
            return false;
        if (staying.Any(o => NamesColumn(o, column.Name)))
            return false;
        Carry(from, piece);
        _statements.Add($"ALTER TABLE {from.Name} DROP COLUMN {SqliteNames.Show(column.Name)}");
        return true;
    }

    // SQLite refuses to drop what a view reads, and drops what a trigger writes, which breaks every later insert.
    private bool NamesColumn(SchemaObject item, string column)
    {
        var tokens = SqliteTokenCursor.Read(item.CreateSql!);
        return tokens.Exists(t => SqliteTablePiece.IsName(t, column))
            && (
                string.Equals(item.Table, from.Name, StringComparison.Ordinal)
                || tokens.Exists(t => SqliteTablePiece.IsName(t, SqliteNames.Unquote(from.Name)))
            );
    }

    private bool TryAdd(SqliteColumnText column)
    {
        var piece = to.PieceOf(column);
        if (piece.Has("PRIMARY", "UNIQUE") || column.IsStored || column.Default?[0] is '(' or 'C')
            return false;
        if (piece.Has("REFERENCES") && column.Default is not (null or "NULL"))
            return false;
        Carry(to, piece);
        _statements.Add($"ALTER TABLE {to.Name} ADD COLUMN {piece.Text}");
        return true;
    }

    private bool TryChange(SqliteColumnText old, SqliteColumnText wanted)
    {
        if (string.Equals(old.Definition, wanted.Definition, StringComparison.Ordinal))
            return true;
        var isOnlyNotNull = string.Equals(
            (old with { NotNull = null }).Definition,
            (wanted with { NotNull = null }).Definition,
            StringComparison.Ordinal
        );
        if (
            !canAlterColumns
            || !isOnlyNotNull
            || (old.NotNull ?? wanted.NotNull) is not "NOT NULL"
            || (old.NotNull is not null && wanted.NotNull is not null)
            || old.Generated is not null
            || from.Text.PrimaryKey.Contains(SqliteNames.Fold(old.Name), StringComparer.Ordinal)
        )
            return false;
        var change = wanted.NotNull is null ? "DROP NOT NULL" : "SET NOT NULL";
        _statements.Add($"ALTER TABLE {from.Name} ALTER COLUMN {SqliteNames.Show(old.Name)} {change}");
        return true;
    }

    /// <summary>The constraints that come and go with no column.</summary>
    private bool TryConstraints()
    {
        var gone = Left(from, to);
        var wanted = Left(to, from);
        if (gone.Count + wanted.Count == 0)
            return true;
        if (
            !canAlterColumns
            || gone.Concat(wanted).Any(c => c.Kind != SqliteConstraintKind.Check)
            || gone.Exists(g => g.Name is null || from.Text.Constraints.Count(c => SqliteNames.Comparer.Equals(c.Name, g.Name)) > 1)
        )
            return false;
        _statements.AddRange(gone.Select(g => $"ALTER TABLE {from.Name} DROP CONSTRAINT {SqliteNames.Show(g.Name!)}"));
        _statements.AddRange(
            wanted.Select(w => $"ALTER TABLE {to.Name} ADD {(w.Name is null ? "" : $"CONSTRAINT {SqliteNames.Show(w.Name)} ")}{w.Text}")
        );
        return true;
    }

    private List<SqliteConstraintText> Left(SqliteTable one, SqliteTable other) =>
        [.. one.Text.Constraints.Where(c => !other.Text.Constraints.Exists(o => IsSame(o, c)) && !_carried.Contains((c.Name, c.Text)))];

    // A parent that is named without its columns is the same as one named with those of its key; the snapshots know.
    private bool IsSame(SqliteConstraintText one, SqliteConstraintText other) =>
        one.Kind == other.Kind
        && string.Equals(one.Name, other.Name, StringComparison.Ordinal)
        && string.Equals(one.Text, other.Text, StringComparison.Ordinal)
        && (
            one.Kind != SqliteConstraintKind.ForeignKey
                ? string.Equals(one.Tail, other.Tail, StringComparison.Ordinal)
                : DefinitionsOf(from, one.Text).SequenceEqual(DefinitionsOf(to, one.Text), StringComparer.Ordinal)
        );

    private static IEnumerable<string> DefinitionsOf(SqliteTable table, string text) =>
        table
            .Parts.Where(p => p.Type == SchemaObjectType.Constraint && p.Definition.StartsWith(text, StringComparison.Ordinal))
            .Select(p => p.Definition)
            .Order(StringComparer.Ordinal);

    private void Carry(SqliteTable table, SqliteTablePiece piece)
    {
        var alone = SqliteTableReader.Read($"CREATE TABLE x ({piece.Text})");
        foreach (var constraint in table.Text.Constraints)
        {
            if (
                alone.Constraints.Exists(c =>
                    c.Kind == constraint.Kind
                    && string.Equals(c.Name, constraint.Name, StringComparison.Ordinal)
                    && c.Columns.SequenceEqual(constraint.Columns, StringComparer.Ordinal)
                )
            )
                _carried.Add((constraint.Name, constraint.Text));
        }
    }
}
