using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>Reads a CREATE INDEX as SQLite stores it (<see href="https://sqlite.org/lang_createindex.html"/>).</summary>
internal static class IndexText
{
    /// <summary>Reads it.</summary>
    /// <exception cref="UntranslatableException">It has no equal in another engine.</exception>
    public static CopyIndex Read(SqliteSchemaItem item, SourceTable table)
    {
        var tokens = new SqliteTokenCursor(SqliteTokenCursor.Read(item.Sql!));
        _ = tokens.SkipCreate("INDEX");
        _ = tokens.Skip("ON");
        _ = tokens.TakeName();
        var parts = SqliteTokenCursor.SplitAtCommas(tokens.TakeParenthesised()).Select(p => Part(p, table)).ToList();
        var where = tokens.Skip("WHERE") ? SqliteExpressionParser.Parse(tokens.TakeRest(), table.Find) : null;
        var isUnique = SqliteTokenCursor.Read(item.Sql!).Take(2).Any(t => t.Is("UNIQUE"));
        return new CopyIndex(item.Name, isUnique, parts, where, item.Sql!);
    }

    private static CopyIndexPart Part(List<SqliteToken> tokens, SourceTable table)
    {
        var isDescending = tokens[^1].Is("DESC");
        var words = isDescending || tokens[^1].Is("ASC") ? tokens.GetRange(0, tokens.Count - 1) : tokens;
        // Without a word about it, a column is compared as its table says.
        var expression =
            words is [var only] && table.Find(only.Name) is { } name ? Of(table, name) : SqliteExpressionParser.Parse(words, table.Find);
        return new CopyIndexPart(expression, isDescending);
    }

    private static SqlExpression Of(SourceTable table, string name)
    {
        var column = new ColumnReference(name);
        return table.Text.Columns.Exists(c => string.Equals(c.Name, name, StringComparison.Ordinal) && c.Collation is "nocase")
            ? new NoCaseExpression(column)
            : column;
    }
}
