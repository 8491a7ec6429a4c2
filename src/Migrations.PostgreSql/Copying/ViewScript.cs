using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>Writes a view so that it shows what it showed in SQLite: NULL first, texts sorted by their bytes.</summary>
/// <param name="schema">The schema in which it is built.</param>
/// <param name="plan">The tables and views that it may read.</param>
internal sealed class ViewScript(string schema, CopyPlan plan)
{
    private readonly Dictionary<string, Dictionary<string, ColumnKind>> _kinds = plan.Tables.ToDictionary(
        t => t.Name,
        t => t.Columns.ToDictionary(c => c.Name, c => c.Type.Kind, StringComparer.Ordinal),
        StringComparer.Ordinal
    );

    /// <summary>The statements that make the views, in an order in which each finds what it reads.</summary>
    public IEnumerable<ScriptPart> Write()
    {
        foreach (var view in plan.Views)
        {
            ScriptPart part;
            try
            {
                part = new ScriptPart("view", view.Name, Table: null, Write(view), Refusal: null) { Source = view.Text };
            }
            catch (UntranslatableException e)
            {
                part = new ScriptPart("view", view.Name, Table: null, Statement: null, e.Message) { Source = view.Text };
            }

            yield return part;
        }
    }

    private string Write(CopyView view)
    {
        var query = view.Query;
        var sources = query.Sources.ToDictionary(s => s.Alias, s => s.Table, StringComparer.Ordinal);
        var writer = new ExpressionWriter(c =>
            c.Table is { } alias && _kinds.TryGetValue(sources[alias], out var columns)
                ? columns[c.Name]
                : throw new UntranslatableException("it reads a view that is not copied")
        );
        var text = Select(writer).Write(query);
        if (query.OrderBy.Count > 0)
            text = Sorted(writer, query, text);
        if (query.Limit is not null)
            text += $"\nLIMIT {writer.Write(query.Limit)}";
        _kinds[view.Name] = query.Columns.ToDictionary(c => c.Name, c => KindOf(writer, c.Expression), StringComparer.Ordinal);
        return $"CREATE VIEW {TargetNames.Qualified(schema, view.Name)} AS\n{text}";
    }

    private SelectText Select(ExpressionWriter writer) =>
        new()
        {
            Value = e => Value(writer, e),
            Expression = writer.Write,
            Condition = writer.Condition,
            Table = table => TargetNames.Qualified(schema, table),
            Name = TargetNames.Quoted,
        };

    // Rows that come once can be sorted only by what they show.
    private static string Sorted(ExpressionWriter writer, SqlQuery query, string text)
    {
        if (!query.IsDistinct)
            return $"{text}\nORDER BY {string.Join(", ", query.OrderBy.Select(o => Order(writer, o, writer.Write(o.Expression))))}";
        var order = query.OrderBy.Select(o =>
            Order(
                writer,
                o,
                query.Columns.FirstOrDefault(c => c.Expression == o.Expression) is { } column
                    ? TargetNames.Quoted(column.Name)
                    : throw new UntranslatableException("DISTINCT is sorted by what it does not show")
            )
        );
        return $"SELECT * FROM (\n{text}\n) AS rows\nORDER BY {string.Join(", ", order)}";
    }

    // A truth value is a number in SQLite, unless it is a column that is one.
    private static string Value(ExpressionWriter writer, SqlExpression expression) =>
        writer.KindOf(expression) is ColumnKind.Boolean && expression is not ColumnReference
            ? $"({writer.Condition(expression)})::integer"
            : writer.Write(expression);

    private static ColumnKind KindOf(ExpressionWriter writer, SqlExpression expression) =>
        writer.KindOf(expression) switch
        {
            ColumnKind.Boolean when expression is not ColumnReference => ColumnKind.Integer,
            { } kind => kind,
            null => ColumnKind.Text,
        };

    private static string Order(ExpressionWriter writer, CopyIndexPart part, string expression) =>
        expression
        + (writer.KindOf(part.Expression) is ColumnKind.Text ? " COLLATE pg_catalog.\"C\"" : "")
        + (part.IsDescending ? " DESC NULLS LAST" : " NULLS FIRST");
}
