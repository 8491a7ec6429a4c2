using System.Text;
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

    private static string Write(SqlQuery query)
    {
        var list = query.Columns.Select(c => $"{SqliteExpressionWriter.Write(c.Expression)} AS {SqliteNames.Quote(c.Name)}");
        var text = new StringBuilder("SELECT ").Append(query.IsDistinct ? "DISTINCT " : "").AppendJoin(", ", list);
        foreach (var (source, i) in query.Sources.Select((s, i) => (s, i)))
            text.Append(
                    i == 0 ? "\nFROM "
                    : source.Join == JoinForm.Left ? "\nLEFT JOIN "
                    : "\nJOIN "
                )
                .Append($"{SqliteNames.Quote(source.Table)} AS {SqliteNames.Quote(source.Alias)}")
                .Append(source.On is null ? "" : $" ON {SqliteExpressionWriter.Write(source.On)}");
        if (query.Where is not null)
            text.Append($"\nWHERE {SqliteExpressionWriter.Write(query.Where)}");
        if (query.GroupBy.Count > 0)
            text.Append("\nGROUP BY ").AppendJoin(", ", query.GroupBy.Select(SqliteExpressionWriter.Write));
        if (query.Having is not null)
            text.Append($"\nHAVING {SqliteExpressionWriter.Write(query.Having)}");
        if (query.OrderBy.Count > 0)
            text.Append("\nORDER BY ").AppendJoin(", ", query.OrderBy.Select(Order));
        if (query.Limit is not null)
            text.Append($"\nLIMIT {SqliteExpressionWriter.Write(query.Limit)}");
        return text.ToString();
    }

    // Without a word about it, NULL is the lowest value (https://sqlite.org/lang_select.html#orderby).
    private static string Order(CopyIndexPart part) =>
        SqliteExpressionWriter.Write(part.Expression)
        + (part.IsDescending ? " DESC" : "")
        + (part.IsNullHighest ? $" NULLS {(part.IsDescending ? "FIRST" : "LAST")}" : "");
}
