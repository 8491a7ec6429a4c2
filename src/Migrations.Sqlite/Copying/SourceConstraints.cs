using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>What a table demands of its rows, in the words of no engine; what has no equal is listed.</summary>
/// <param name="table">The table.</param>
/// <param name="leftOut">Takes what is not copied.</param>
internal sealed class SourceConstraints(SourceTable table, List<LeftOutObject> leftOut)
{
    /// <summary>The unique constraints.</summary>
    public static List<CopyKey> Keys(SourceTable table) =>
        [
            .. table
                .Text.Constraints.Where(c => c.Kind == SqliteConstraintKind.Unique)
                .Select(c => new CopyKey(c.Name, [.. c.Columns.Select(table.Name)])),
        ];

    /// <summary>The checks.</summary>
    public List<CopyCheck> Checks()
    {
        var checks = new List<CopyCheck>();
        foreach (var check in table.Text.Constraints.Where(c => c.Kind == SqliteConstraintKind.Check))
        {
            var condition = Translate(
                "check",
                check.Name ?? table.Item.Name,
                check.Text,
                () => SqliteExpressionParser.Parse(check.Text["CHECK (".Length..^1], table.Find)
            );
            if (condition is not null)
                checks.Add(new CopyCheck(check.Name, condition, check.Text));
        }

        return checks;
    }

    /// <summary>The foreign keys.</summary>
    /// <param name="tables">The tables that are copied.</param>
    public List<CopyForeignKey> ForeignKeys(List<SourceTable> tables)
    {
        var keys = new List<CopyForeignKey>();
        foreach (var key in table.Text.Constraints.Where(c => c.Kind == SqliteConstraintKind.ForeignKey))
        {
            var text =
                $"{key.Text} REFERENCES {key.Parent}{(key.ParentColumns.Count == 0 ? "" : $" ({string.Join(", ", key.ParentColumns)})")}";
            var parent = tables.Find(t => SqliteNames.Comparer.Equals(t.Item.Name, key.Parent));
            if (parent is null)
            {
                LeaveOut("foreign key", key.Name ?? key.Text, $"The table {key.Parent} is not copied.", text + key.Tail);
                continue;
            }

            keys.Add(
                new CopyForeignKey(
                    key.Name,
                    [.. key.Columns.Select(table.Name)],
                    parent.Item.Name,
                    key.ParentColumns.Count == 0 ? parent.PrimaryKey : [.. key.ParentColumns.Select(parent.Name)],
                    key.Tail.Trim(),
                    text + key.Tail
                )
            );
        }

        return keys;
    }

    /// <summary>The indexes.</summary>
    /// <param name="items">All that the file holds.</param>
    public List<CopyIndex> Indexes(List<SqliteSchemaItem> items)
    {
        var indexes = new List<CopyIndex>();
        foreach (var item in items.Where(i => i is { Type: "index", Sql: not null } && i.BelongsTo(table.Item.Name)))
        {
            try
            {
                indexes.Add(IndexText.Read(item, table));
            }
            catch (UntranslatableException e)
            {
                LeaveOut("index", item.Name, $"It is not translated: {e.Message}.", item.Sql);
            }
        }

        return indexes;
    }

    /// <summary>Reads an expression of the table; null where it has no equal, which is listed then.</summary>
    public SqlExpression? Translate(string kind, string name, string text, Func<SqlExpression> parse)
    {
        try
        {
            return parse();
        }
        catch (UntranslatableException e)
        {
            LeaveOut(kind, name, $"It is not translated: {e.Message}.", text);
            return null;
        }
    }

    /// <summary>Lists a part of the table that is not copied.</summary>
    public void LeaveOut(string kind, string name, string reason, string? text) =>
        leftOut.Add(new LeftOutObject(kind, name, table.Item.Name, reason, text));
}
