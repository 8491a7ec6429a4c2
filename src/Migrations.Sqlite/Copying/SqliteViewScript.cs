using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>A view as SQLite makes it (<see href="https://sqlite.org/lang_createview.html"/>).</summary>
/// <param name="View">The view.</param>
/// <param name="Statement">Makes it; null where it has no equal.</param>
/// <param name="LeftOut">Why it has none; null where it has one.</param>
internal sealed record SqliteViewScript(CopyView View, string? Statement, LeftOutObject? LeftOut)
{
    /// <summary>Writes it.</summary>
    public static SqliteViewScript Of(CopyView view)
    {
        try
        {
            return new SqliteViewScript(view, $"CREATE VIEW {SqliteNames.Quote(view.Name)} AS\n{Write(view.Query)}", LeftOut: null);
        }
        catch (UntranslatableException e)
        {
            var leftOut = new LeftOutObject("view", view.Name, Table: null, $"It is not translated: {e.Message}.", view.Text);
            return new SqliteViewScript(view, Statement: null, leftOut);
        }
    }

    private static readonly SelectText Select = new()
    {
        Value = SqliteExpressionWriter.Write,
        Expression = SqliteExpressionWriter.Write,
        Condition = SqliteExpressionWriter.Write,
        Table = SqliteNames.Quote,
        Name = SqliteNames.Quote,
    };

    private static string Write(SqlQuery query)
    {
        var text = Select.Write(query);
        if (query.OrderBy.Count > 0)
            text += "\nORDER BY " + string.Join(", ", query.OrderBy.Select(Order));
        if (query.Limit is not null)
            text += $"\nLIMIT {SqliteExpressionWriter.Write(query.Limit)}";
        return text;
    }

    // Without a word about it, NULL is the lowest value (https://sqlite.org/lang_select.html#orderby).
    private static string Order(CopyIndexPart part) =>
        SqliteExpressionWriter.Write(part.Expression)
        + (part.IsDescending ? " DESC" : "")
        + (part.IsNullHighest ? $" NULLS {(part.IsDescending ? "FIRST" : "LAST")}" : "");
}
