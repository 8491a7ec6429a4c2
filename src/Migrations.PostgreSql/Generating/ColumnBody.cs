using Migrations.Schema;
using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>What the definition of a column says, clause by clause, as the server writes it.</summary>
internal sealed record ColumnBody
{
    private static readonly PostgreSqlDialect Dialect = new();

    private static readonly string[] Clauses = ["OPTIONS", "COMPRESSION", "COLLATE", "GENERATED", "DEFAULT", "CONSTRAINT", "NOT"];

    /// <summary>The type.</summary>
    public string Type { get; private init; } = "";

    /// <summary>The collation; null for the type's.</summary>
    public string? Collation { get; private init; }

    /// <summary>How it is compressed; null for the usual way.</summary>
    public string? Compression { get; private init; }

    /// <summary><c>GENERATED ... AS IDENTITY</c> with its options; null without.</summary>
    public string? Identity { get; private init; }

    /// <summary>What it is computed from, with how it is kept; null for a column that is written.</summary>
    public string? Computed { get; private init; }

    /// <summary>The default; null without one.</summary>
    public string? Default { get; private init; }

    /// <summary>Whether NULL is refused.</summary>
    public bool NotNull { get; private init; }

    /// <summary>What else it says, which no statement is written for.</summary>
    public string Others { get; private init; } = "";

    /// <summary>Reads a column of a snapshot.</summary>
    public static ColumnBody Of(SchemaObject column)
    {
        var sql = column.CreateSql![$"ALTER TABLE {column.Table} ADD COLUMN {NameOf(column)} ".Length..];
        var tokens = Dialect.Tokenize(sql).TakeWhile(t => t.Kind != SqlTokenKind.Semicolon).ToList();
        var end = tokens.Count == 0 ? 0 : tokens[^1].Start + tokens[^1].Length;
        var starts = Starts(sql, tokens);
        var body = new ColumnBody { Type = sql[..(starts.Count > 0 ? starts[0] : end)].Trim(), Others = sql[end..].Trim() };
        for (var i = 0; i < starts.Count; i++)
            body = body.With(sql[starts[i]..(i + 1 < starts.Count ? starts[i + 1] : end)].Trim());
        return body;
    }

    /// <summary>The column's own name, as SQL writes it.</summary>
    public static string NameOf(SchemaObject column) => column.Name[(column.Table!.Length + 1)..];

    // NOT NULL in an expression stands behind IS, or in parentheses.
    private static List<int> Starts(string sql, List<SqlToken> tokens)
    {
        var (found, depth, previous) = (new List<int>(), 0, "");
        foreach (var token in tokens.Where(t => t.Kind is not (SqlTokenKind.WhiteSpace or SqlTokenKind.Comment)))
        {
            var text = token.In(sql).ToString();
            depth +=
                text is "(" ? 1
                : text is ")" ? -1
                : 0;
            if (
                depth == 0
                && token.Kind == SqlTokenKind.Word
                && Array.Exists(Clauses, c => c.Equals(text, StringComparison.Ordinal))
                && !(text is "NOT" && previous is "IS")
                && !(text is "DEFAULT" && previous is "BY")
            )
                found.Add(token.Start);
            previous = text;
        }

        return found;
    }

    private ColumnBody With(string clause)
    {
        var word = clause[..(clause.IndexOf(' ', StringComparison.Ordinal) is > 0 and var end ? end : clause.Length)];
        var rest = clause[word.Length..].Trim();
        return word switch
        {
            "COMPRESSION" => this with { Compression = rest },
            "COLLATE" => this with { Collation = rest },
            "DEFAULT" => this with { Default = rest },
            "GENERATED" when clause.Contains("AS IDENTITY", StringComparison.Ordinal) => this with { Identity = clause },
            "GENERATED" => this with { Computed = clause },
            "NOT" when rest is "NULL" => this with { NotNull = true },
            _ => this with { Others = (Others + " " + clause).Trim() },
        };
    }
}
