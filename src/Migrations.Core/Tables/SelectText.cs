using System.Text;

namespace Migrations.Tables;

/// <summary>Writes a SELECT up to its HAVING, which all engines put together the same way.</summary>
public sealed record SelectText
{
    /// <summary>Writes what a column shows.</summary>
    public required Func<SqlExpression, string> Value { get; init; }

    /// <summary>Writes an expression.</summary>
    public required Func<SqlExpression, string> Expression { get; init; }

    /// <summary>Writes what decides whether rows count.</summary>
    public required Func<SqlExpression, string> Condition { get; init; }

    /// <summary>Writes the name of a table that is read.</summary>
    public required Func<string, string> Table { get; init; }

    /// <summary>Writes any other name.</summary>
    public required Func<string, string> Name { get; init; }

    /// <summary>Writes the query, without its order and its limit.</summary>
    public string Write(SqlQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var list = query.Columns.Select(c => $"{Value(c.Expression)} AS {Name(c.Name)}");
        var text = new StringBuilder("SELECT ").Append(query.IsDistinct ? "DISTINCT " : "").AppendJoin(", ", list);
        for (var i = 0; i < query.Sources.Count; i++)
            Append(text, query.Sources[i], isFirst: i == 0);
        if (query.Where is not null)
            text.Append($"\nWHERE {Condition(query.Where)}");
        if (query.GroupBy.Count > 0)
            text.Append("\nGROUP BY ").AppendJoin(", ", query.GroupBy.Select(Expression));
        if (query.Having is not null)
            text.Append($"\nHAVING {Condition(query.Having)}");
        return text.ToString();
    }

    private void Append(StringBuilder text, QuerySource source, bool isFirst)
    {
        text.Append(
                isFirst ? "\nFROM "
                : source.Join == JoinForm.Left ? "\nLEFT JOIN "
                : "\nJOIN "
            )
            .Append($"{Table(source.Table)} AS {Name(source.Alias)}");
        if (!isFirst)
            text.Append($" ON {(source.On is null ? "TRUE" : Condition(source.On))}");
    }
}
