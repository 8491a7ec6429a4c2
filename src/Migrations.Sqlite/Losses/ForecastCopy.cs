using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>What a statement that copies rows takes of them, as far as its text says.</summary>
internal sealed class ForecastCopy
{
    private static readonly string[] EndOfFrom =
    [
        "WHERE",
        "GROUP",
        "HAVING",
        "ORDER",
        "LIMIT",
        "WINDOW",
        "UNION",
        "INTERSECT",
        "EXCEPT",
        "VALUES",
        "RETURNING",
    ];
    private static readonly string[] Narrowing = ["WHERE", "LIMIT", "JOIN", "GROUP", "DISTINCT", "INTERSECT", "EXCEPT"];

    private readonly HashSet<string> _tables = new(SqliteNames.Comparer);
    private readonly HashSet<string> _columns = new(SqliteNames.Comparer);
    private readonly string _text;
    private CopiedValues? _values;

    /// <summary>Reads a statement.</summary>
    public ForecastCopy(ScriptStatement statement)
    {
        (Line, _text) = (statement.Location.Line, statement.Text);
        var tokens = SqliteTokenCursor.Read(statement.Text);
        var outer = new Stack<Part>();
        var part = Part.Other;
        for (var i = 0; i < tokens.Count; i++)
        {
            var (token, before, next) = (tokens[i], i > 0 ? tokens[i - 1] : null, i + 1 < tokens.Count ? tokens[i + 1] : null);
            var isComparison = token.Is("DISTINCT") && (before?.Is("IS") == true || before?.Is("NOT") == true);
            MayLeaveRows |=
                (!isComparison && Array.Exists(Narrowing, token.Is))
                || (before?.Is("OR") == true && (token.Is("IGNORE") || token.Is("REPLACE")))
                || (i == 0 && token.Is("REPLACE"));
            if (token.Is('('))
                outer.Push(part);
            else if (token.Is(')'))
                part = outer.TryPop(out var around) ? around : Part.Other;
            else if (token.Is("SELECT"))
                part = Part.Select;
            else if (token.Is("FROM") && before?.Is("DISTINCT") != true)
                part = Part.From;
            else if (Array.Exists(EndOfFrom, token.Is))
                part = Part.Other;
            else
                Read(part, token, before, next);
        }
    }

    private enum Part
    {
        Other,
        Select,
        From,
    }

    /// <summary>The line that it stands in.</summary>
    public int Line { get; }

    /// <summary>What it puts into which columns; null where its text does not show that.</summary>
    public CopiedValues? Values => _values ??= CopiedValues.Read(_text);

    /// <summary>Whether it may leave rows behind.</summary>
    public bool MayLeaveRows { get; }

    /// <summary>Whether it takes every column.</summary>
    public bool TakesAllColumns { get; private set; }

    /// <summary>Whether it reads a table.</summary>
    public bool Reads(string table) => _tables.Contains(table);

    /// <summary>Whether it takes a column by name.</summary>
    public bool Takes(string column) => _columns.Contains(column);

    private void Read(Part part, SqliteToken token, SqliteToken? before, SqliteToken? next)
    {
        var isName = token.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName;
        if (part == Part.From && isName)
            _tables.Add(token.Name);
        else if (part == Part.Select && isName && next?.Is('.') != true && !IsAlias(before))
            _columns.Add(token.Name);
        else if (part == Part.Select && token.Is('*'))
            TakesAllColumns |=
                before is null || before.Is("SELECT") || before.Is("ALL") || before.Is("DISTINCT") || before.Is(',') || before.Is('.');
    }

    /// <summary>Whether a name behind a token is one that is given: it follows AS, or a value without a word between.</summary>
    public static bool IsAlias(SqliteToken? before) =>
        before is not null
        && (
            before.Is("AS")
            || before.Is(')')
            || before.Kind is SqlTokenKind.QuotedName or SqlTokenKind.Literal or SqlTokenKind.Number
            || (before.Kind == SqlTokenKind.Word && !SqliteKeywords.IsReserved(before.Text) && !SqliteKeywords.IsContextual(before.Text))
        );
}
