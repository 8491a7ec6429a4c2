namespace Migrations.Diagrams;

/// <summary>The languages in which a diagram of a schema can be written for documents.</summary>
public enum DiagramFormat
{
    /// <summary>
    /// A Mermaid entity relationship diagram (<see href="https://mermaid.js.org/syntax/entityRelationshipDiagram.html"/>).
    /// </summary>
    Mermaid,

    /// <summary>A directed graph for Graphviz (<see href="https://graphviz.org/doc/info/lang.html"/>).</summary>
    Dot,
}
