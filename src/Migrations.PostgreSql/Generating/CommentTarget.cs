using Migrations.Schema;

namespace Migrations.PostgreSql;

/// <summary>Finds out what a comment is about.</summary>
internal static class CommentTarget
{
    /// <summary>Whether a comment is about an object, or about a column of it.</summary>
    public static bool Is(SchemaObject comment, SchemaObject item)
    {
        var name =
            item.Table is { } table && item.Type is not SchemaObjectType.Index
                ? $"{item.Name[(table.Length + 1)..]} on {table}"
                : item.Name;
        return comment.Name.EndsWith(" " + name, StringComparison.Ordinal)
            || (
                item.Type is SchemaObjectType.View or SchemaObjectType.MaterializedView or SchemaObjectType.Table
                && comment.Name.Contains($" {item.Name}.", StringComparison.Ordinal)
            )
            || (item.Type == SchemaObjectType.Column && comment.Name.EndsWith(" " + item.Name, StringComparison.Ordinal));
    }
}
