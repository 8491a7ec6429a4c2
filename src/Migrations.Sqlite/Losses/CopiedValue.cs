using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>A value of a SELECT.</summary>
/// <param name="Tokens">Its tokens, without the name that it is given.</param>
/// <param name="Text">Its text, likewise.</param>
/// <param name="Alias">The name that it is given; null for none.</param>
internal sealed record CopiedValue(IReadOnlyList<SqliteToken> Tokens, string Text, string? Alias)
{
    /// <summary>Whether it stands for all columns.</summary>
    public bool IsAll => Tokens.Count > 0 && Tokens[^1].Is('*') && (Tokens.Count == 1 || Tokens[^2].Is('.'));

    /// <summary>The column whose value it is, as it stands there; null when it is computed.</summary>
    public string? Column =>
        (Tokens.Count == 1 || (Tokens.Count is 3 or 5 && Tokens[^2].Is('.')))
        && Tokens[^1].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName
            ? Tokens[^1].Name
            : null;

    /// <summary>Whether it is computed from a column.</summary>
    public bool Names(string column) =>
        Tokens.Any(t => t.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName && SqliteNames.Comparer.Equals(t.Name, column));
}
