using System.IO.Enumeration;

namespace Migrations.Schema;

/// <summary>
/// Which objects of a schema are compared: neither those that the caller ignores, nor those that other programs keep beside the
/// application's.
/// </summary>
/// <param name="ignored">Patterns over <c>schema.name</c>, or over the name alone, with <c>*</c> and <c>?</c>; on an engine without
/// schemas, over the name.</param>
internal sealed class SchemaScope(IReadOnlyList<string> ignored)
{
    /// <summary>A schema without what is ignored.</summary>
    public SchemaSnapshot WithoutIgnored(SchemaSnapshot schema) => ignored.Count == 0 ? schema : Without(schema, IsIgnored);

    /// <summary>
    /// A schema without what is ignored, and without the tables of other programs that the schema it is compared with does not have.
    /// </summary>
    public SchemaSnapshot WithoutOthers(SchemaSnapshot schema, SchemaSnapshot compared)
    {
        var known = compared
            .Objects.Where(o => o.Type is SchemaObjectType.Table or SchemaObjectType.Schema)
            .Select(o => (o.Type, o.Name))
            .ToHashSet();
        var columns = schema
            .Objects.Where(o => o is { Type: SchemaObjectType.Column, Table: not null })
            .ToLookup(o => o.Table!, o => Plain(o.Name[(o.Table!.Length + 1)..]), StringComparer.Ordinal);
        var left = Without(
            schema,
            o =>
                IsIgnored(o)
                || (
                    !known.Contains((o.Type, o.Name))
                    && o.Type switch
                    {
                        SchemaObjectType.Table => OtherPrograms.IsTable(
                            Plain(o.Name),
                            columns[o.Name].ToHashSet(StringComparer.OrdinalIgnoreCase)
                        ),
                        SchemaObjectType.Schema => OtherPrograms.IsSchema(Plain(o.Name)),
                        _ => false,
                    }
                )
        );
        // A schema that holds nothing but their tables is theirs.
        var gone = TablesOf(schema).Except(TablesOf(left), StringComparer.Ordinal).ToList();
        return Without(
            left,
            o =>
                o.Type == SchemaObjectType.Schema
                && !known.Contains((o.Type, o.Name))
                && gone.Exists(t => IsIn(t, o.Name))
                && !left.Objects.Any(other => IsIn(other.Name, o.Name))
        );
    }

    /// <summary>The message about the tables that were left out; empty when none were.</summary>
    public static string LeftOut(SchemaSnapshot whole, SchemaSnapshot compared)
    {
        var names = TablesOf(whole).Except(TablesOf(compared), StringComparer.Ordinal).ToList();
        return names.Count == 0 ? "" : $" Not compared: {string.Join(", ", names)}.";
    }

    private static IEnumerable<string> TablesOf(SchemaSnapshot schema) =>
        schema.Objects.Where(o => o.Type == SchemaObjectType.Table).Select(o => o.Name);

    private static bool IsIn(string name, string schema) => name.StartsWith(schema + ".", StringComparison.Ordinal);

    private bool IsIgnored(SchemaObject item) =>
        item.Type is not (SchemaObjectType.Column or SchemaObjectType.Constraint)
        && ignored.Any(p => Matches(p, Plain(item.Name), item.Type));

    private static bool Matches(string pattern, string name, SchemaObjectType type) =>
        FileSystemName.MatchesSimpleExpression(pattern, name)
        || (
            !pattern.Contains('.', StringComparison.Ordinal)
            && FileSystemName.MatchesSimpleExpression(pattern, name.AsSpan(name.LastIndexOf('.') + 1))
        )
        // All of a schema is the schema, too.
        || (type == SchemaObjectType.Schema && FileSystemName.MatchesSimpleExpression(pattern, name + ".*"));

    private static SchemaSnapshot Without(SchemaSnapshot schema, Func<SchemaObject, bool> isLeftOut)
    {
        var gone = schema.Objects.Where(isLeftOut).ToList();
        if (gone.Count == 0)
            return schema;
        // A sequence goes with the table that owns it, and what is granted on the sequence with both.
        gone.AddRange(schema.Objects.Where(o => o.Type == SchemaObjectType.Sequence && gone.Exists(g => BelongsTo(o, g.Name))).ToList());
        var names = gone.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        var objects = schema.Objects.Where(o =>
            !gone.Contains(o) && !(o.Table is { } table && names.Contains(table)) && !gone.Exists(g => BelongsTo(o, g.Name))
        );
        return new SchemaSnapshot(schema.Engine, schema.EngineVersion, objects) { Preamble = schema.Preamble };
    }

    /// <summary>Sequences, comments and grants say in their text what they are of.</summary>
    private static bool BelongsTo(SchemaObject item, string name) =>
        item.Type switch
        {
            SchemaObjectType.Sequence => item.Definition.Contains($"OWNED BY {name}.", StringComparison.Ordinal),
            SchemaObjectType.Comment or SchemaObjectType.Grant => item.Name.EndsWith(" " + name, StringComparison.Ordinal)
                || item.Name.Contains($" {name}.", StringComparison.Ordinal)
                || item.Name.Contains($" {name}(", StringComparison.Ordinal),
            _ => false,
        };

    private static string Plain(string name) => name.Replace("\"", "", StringComparison.Ordinal);
}
