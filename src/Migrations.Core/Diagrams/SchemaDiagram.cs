using Migrations.Schema;

namespace Migrations.Diagrams;

/// <summary>The tables of a schema with their columns and keys, and the foreign keys between them. Partitions are left out.</summary>
/// <param name="Tables">The tables, by name.</param>
/// <param name="Links">The foreign keys whose table is among them.</param>
public sealed record SchemaDiagram(IReadOnlyList<DiagramTable> Tables, IReadOnlyList<DiagramLink> Links)
{
    /// <summary>The diagram of a schema.</summary>
    public static SchemaDiagram Of(SchemaSnapshot schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new DiagramReader(schema).Read();
    }

    /// <summary>The diagram as a text for documents.</summary>
    public string Write(DiagramFormat format) => format == DiagramFormat.Mermaid ? MermaidText.Write(this) : DotText.Write(this);
}
