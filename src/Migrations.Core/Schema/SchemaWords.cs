namespace Migrations.Schema;

/// <summary>What kinds of objects are called in sentences and listings.</summary>
public static class SchemaWords
{
    /// <summary>The word for a kind of object, for example <c>materialised view</c>.</summary>
    public static string Of(SchemaObjectType type) =>
        type == SchemaObjectType.MaterializedView ? "materialised view" : type.ToString().ToLowerInvariant();
}
