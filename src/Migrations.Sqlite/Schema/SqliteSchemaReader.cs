using System.Globalization;
using Migrations.Schema;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Reads the whole schema with one query, and brings what it finds there as text into normal form.</summary>
internal sealed class SqliteSchemaReader
{
    private readonly List<SchemaObject> _objects = [];
    private readonly Dictionary<string, SqliteTableText> _tables = new(SqliteNames.Comparer);

    private SqliteSchemaReader() { }

    /// <summary>Reads it.</summary>
    /// <param name="handle">The connection.</param>
    /// <param name="historyTable">The history table, which is left out.</param>
    /// <param name="isLeftOut">Whether a table is left out too, with all that belongs to it; null: none is.</param>
    public static SchemaSnapshot Read(SqliteHandle handle, string historyTable, Func<string, bool>? isLeftOut = null)
    {
        var reader = new SqliteSchemaReader();
        var items = SqliteSchemaItem
            .Read(handle)
            .Where(i =>
                i.Sql is not null
                && !i.IsInternal
                && !i.BelongsTo(historyTable)
                && !i.BelongsTo(SqliteSchemaItem.LockTable)
                && isLeftOut?.Invoke(i.Table) != true
            )
            .ToList();
        foreach (var item in items.Where(i => i.IsPlainTable))
            reader._tables[item.Name] = SqliteTableReader.Read(item.Sql!);
        foreach (var item in items)
            reader.Add(item);
        foreach (var setting in SqliteFileSettings.OwnNumbers)
            reader.AddSetting(setting, handle.QueryInt64($"PRAGMA main.{setting}") ?? 0);
        return new SchemaSnapshot(SqliteEngine.Name, SqliteLibrary.Current.ToString(), reader._objects);
    }

    private void Add(SqliteSchemaItem item)
    {
        switch (item.Type)
        {
            case "table":
                AddTable(item);
                break;
            case "index":
                Add(item, SchemaObjectType.Index, SqliteNames.Show(item.Table), Index(item));
                break;
            case "view":
                Add(item, SchemaObjectType.View, table: null, View(item.Sql!));
                break;
            case "trigger":
                Add(item, SchemaObjectType.Trigger, SqliteNames.Show(item.Table), Trigger(item.Sql!));
                break;
        }
    }

    private void Add(SqliteSchemaItem item, SchemaObjectType type, string? table, string definition) =>
        _objects.Add(
            new SchemaObject
            {
                Type = type,
                Name = SqliteNames.Show(item.Name),
                Table = table,
                Definition = definition,
                CreateSql = item.Sql,
                DropSql = $"DROP {item.Type.ToUpperInvariant()} {SqliteNames.Show(item.Name)}",
            }
        );

    // What a new file has is not listed.
    private void AddSetting(string name, long value)
    {
        if (value == 0)
            return;
        _objects.Add(
            new SchemaObject
            {
                Type = SchemaObjectType.Setting,
                Name = $"PRAGMA {name}",
                Definition = value.ToString(CultureInfo.InvariantCulture),
                CreateSql = string.Create(CultureInfo.InvariantCulture, $"PRAGMA {name} = {value}"),
                DropSql = $"PRAGMA {name} = 0",
                ReplaceSql = string.Create(CultureInfo.InvariantCulture, $"PRAGMA {name} = {value}"),
                Kept = "",
            }
        );
    }

    private void AddTable(SqliteSchemaItem item)
    {
        if (!_tables.TryGetValue(item.Name, out var text))
        {
            Add(item, SchemaObjectType.Table, table: null, VirtualTable(item.Sql!));
            return;
        }

        var options = new[] { text.Strict ? "STRICT" : null, text.WithoutRowid ? "WITHOUT ROWID" : null };
        Add(
            item,
            SchemaObjectType.Table,
            table: null,
            string.Join(' ', ["TABLE", string.Join(", ", options.Where(o => o is not null))]).TrimEnd()
        );
        var table = SqliteNames.Show(item.Name);
        for (var i = 0; i < text.Columns.Count; i++)
            AddColumn(table, text, text.Columns[i], i + 1);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var constraint in text.Constraints)
            AddConstraint(table, constraint, names);
    }

    // A column that no constraint names can be added and dropped by itself, as far as SQLite allows it
    // (https://sqlite.org/lang_altertable.html).
    private void AddColumn(string table, SqliteTableText text, SqliteColumnText column, int position)
    {
        var name = SqliteNames.Show(column.Name);
        var isFree = !text.Constraints.Exists(c => c.Columns.Contains(SqliteNames.Fold(column.Name), StringComparer.Ordinal));
        var isConstant = column.Default?[0] is not ('(' or 'C');
        var canBeAdded = isFree && !column.IsStored && isConstant && (column.NotNull is null || column.Default is not (null or "NULL"));
        var definition = column.Definition;
        _objects.Add(
            new SchemaObject
            {
                Type = SchemaObjectType.Column,
                Name = $"{table}.{name}",
                Table = table,
                Position = position,
                Definition = definition,
                CreateSql = canBeAdded
                    ? (
                        $"ALTER TABLE {table} ADD COLUMN {name} "
                        + $"{(column.Type.Length == 0 ? definition["(no type)".Length..].TrimStart() : definition)}"
                    ).TrimEnd()
                    : null,
                DropSql = isFree ? $"ALTER TABLE {table} DROP COLUMN {name}" : null,
                IsPartOfTable = true,
            }
        );
    }

    private void AddConstraint(string table, SqliteConstraintText constraint, HashSet<string> names)
    {
        var definition = constraint.Text + Reference(constraint) + constraint.Tail;
        var name = $"{table}.{(constraint.Name is null ? constraint.Text : SqliteNames.Show(constraint.Name))}";
        // Nothing keeps a table from saying the same twice.
        var unique = name;
        for (var i = 2; !names.Add(unique); i++)
            unique = $"{name} #{i}";
        _objects.Add(
            new SchemaObject
            {
                Type = SchemaObjectType.Constraint,
                Name = unique,
                Table = table,
                Definition = definition,
                IsPartOfTable = true,
            }
        );
    }

    private string Reference(SqliteConstraintText constraint)
    {
        if (constraint.Parent is not { } parent)
            return "";
        var columns =
            constraint.ParentColumns.Count == 0 && _tables.TryGetValue(parent, out var table) ? table.PrimaryKey : constraint.ParentColumns;
        return $" REFERENCES {SqliteNames.Fold(parent)}{(columns.Count == 0 ? "" : $" ({string.Join(", ", columns)})")}";
    }

    private string Index(SqliteSchemaItem item)
    {
        var isName = _tables.TryGetValue(item.Table, out var table) ? table.HasColumn : (Func<string, bool>?)null;
        var tokens = new SqliteTokenCursor(SqliteTokenCursor.Read(item.Sql!));
        var isUnique = tokens.Ahead(1).Is("UNIQUE");
        _ = tokens.SkipCreate("INDEX");
        _ = tokens.Skip("ON");
        _ = tokens.TakeName();
        var key = SqliteNormalForm.WriteKey(tokens.TakeParenthesised(), isName);
        var condition = tokens.Skip("WHERE") ? $" WHERE {SqliteNormalForm.WriteExpression(tokens.TakeRest(), isName)}" : "";
        return $"{(isUnique ? "UNIQUE " : "")}({key}){condition}";
    }

    private static string View(string sql)
    {
        var tokens = new SqliteTokenCursor(SqliteTokenCursor.Read(sql));
        _ = tokens.SkipCreate("VIEW");
        var columns = tokens.Current.Is('(')
            ? $"({string.Join(", ", tokens.TakeParenthesised().Where(t => !t.Is(',')).Select(t => SqliteNames.Fold(t.Name)))}) "
            : "";
        return columns + SqliteNormalForm.Write(tokens.TakeRest());
    }

    // BEFORE is what is meant when nothing is said, and there is no other way than FOR EACH ROW.
    private static string Trigger(string sql)
    {
        var tokens = new SqliteTokenCursor(SqliteTokenCursor.Read(sql));
        _ = tokens.SkipCreate("TRIGGER");
        var isInstead = tokens.Skip("INSTEAD") && tokens.Skip("OF");
        var time =
            isInstead ? "INSTEAD OF"
            : tokens.Skip("AFTER") ? "AFTER"
            : "BEFORE";
        _ = tokens.Skip("BEFORE");
        var happening = new List<SqliteToken>();
        while (!tokens.IsAtEnd && !tokens.Current.Is("ON"))
            happening.Add(tokens.Take());
        _ = tokens.Skip("ON");
        var table = SqliteNames.Fold(tokens.TakeName());
        if (tokens.Skip("FOR"))
            _ = tokens.Skip("EACH") && tokens.Skip("ROW");
        return $"{time} {SqliteNormalForm.Write(happening)} ON {table} {SqliteNormalForm.Write(tokens.TakeRest())}";
    }

    // What stands behind an equals sign is an option's value to every module that has options, whatever the quotes.
    private static string VirtualTable(string sql)
    {
        var tokens = new SqliteTokenCursor(SqliteTokenCursor.Read(sql));
        _ = tokens.SkipCreate("TABLE");
        _ = tokens.Skip("USING");
        var module = SqliteNames.Fold(tokens.TakeName());
        var arguments = SqliteTokenCursor
            .SplitAtCommas(tokens.TakeParenthesised())
            .Select(argument =>
            {
                var equals = argument.FindIndex(t => t.Is('='));
                return equals >= 0 && argument.Count == equals + 2
                    ? SqliteNormalForm.Write(argument.GetRange(0, equals)) + " = " + SqliteNormalForm.Literal(argument[^1].Name)
                    : SqliteNormalForm.Write(argument);
            });
        return $"VIRTUAL TABLE USING {module}({string.Join(", ", arguments)})";
    }
}
