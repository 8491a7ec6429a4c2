using System.Globalization;
using Migrations.Diagrams;
using Migrations.Events;
using Migrations.Schema;

namespace Migrations.Reporting;

/// <summary>Writes a schema that one or more databases have: its diagram, and its tables as lists.</summary>
/// <param name="html">Where it goes.</param>
/// <param name="number">Its number on the page, from 1.</param>
/// <param name="databases">The databases that have it.</param>
internal sealed class SchemaPart(HtmlWriter html, int number, IReadOnlyList<DatabaseReport> databases)
{
    private readonly SchemaSnapshot _schema = databases[0].Schema!;

    private string Id => string.Create(CultureInfo.InvariantCulture, $"schema-{number}");

    /// <summary>Whether a database has it.</summary>
    public bool IsOf(DatabaseReport database) => databases.Contains(database, ReferenceEqualityComparer.Instance);

    /// <summary>Writes where on the page it is, and who else has it.</summary>
    public void WriteLink()
    {
        html.Element("h3", "Schema");
        using var line = html.In("p");
        html.Element("a", $"Schema {_schema.Fingerprint[..12]}", ("href", "#" + Id));
        html.Element("span", $", {Kinds()}{(databases.Count == 1 ? "" : $"; shared by {databases.Count} databases")}.", ("class", "quiet"));
    }

    /// <summary>Writes it.</summary>
    public void Write()
    {
        var diagram = SchemaDiagram.Of(_schema);
        using var section = html.In("section", ("id", Id), ("class", "schema"));
        using (html.In("h2"))
        {
            html.Text("Schema ");
            html.Element("code", _schema.Fingerprint[..12]);
        }

        html.Element(
            "p",
            $"{Kinds()}. {(databases.Count == 1 ? $"Of {databases[0].Database}." : $"Of {databases.Count} databases.")}",
            ("class", "quiet")
        );
        if (diagram.Tables.Count == 0)
            return;
        new DiagramDrawing(html, Id, diagram).Write();
        Tables(diagram);
    }

    private string Kinds() =>
        _schema.Objects.Count == 0
            ? "empty"
            : string.Join(
                ", ",
                _schema
                    .Objects.Where(o =>
                        o.Type
                            is SchemaObjectType.Table
                                or SchemaObjectType.Column
                                or SchemaObjectType.Index
                                or SchemaObjectType.View
                                or SchemaObjectType.MaterializedView
                                or SchemaObjectType.Trigger
                                or SchemaObjectType.Function
                    )
                    .GroupBy(o => o.Type)
                    .Select(g =>
                        g.Key == SchemaObjectType.Index && g.Count() > 1
                            ? $"{g.Count()} indexes"
                            : EventText.Count(g.Count(), SchemaWords.Of(g.Key))
                    )
            );

    private void Tables(SchemaDiagram diagram)
    {
        using var details = html.In("details");
        html.Element("summary", $"All columns of {EventText.Count(diagram.Tables.Count, "table")}");
        using var grid = html.In("div", ("class", "tables"));
        for (var i = 0; i < diagram.Tables.Count; i++)
            Table(diagram, i);
    }

    private void Table(SchemaDiagram diagram, int table)
    {
        using var box = html.In("div");
        html.Element("h4", diagram.Tables[table].Label);
        using var list = html.In("table");
        foreach (var column in diagram.Tables[table].Columns)
        {
            using var row = html.In("tr");
            html.Element("td", column.Name);
            html.Element("td", column.Type, ("class", "quiet"));
            html.Element("td", Notes(diagram, table, column), ("class", "quiet"));
        }
    }

    private static string Notes(SchemaDiagram diagram, int table, DiagramColumn column)
    {
        var targets = diagram
            .Links.Where(l => l.From == table && l.FromColumns.Contains(column.Name, StringComparer.Ordinal))
            .Select(l => "→ " + diagram.Tables[l.To].Label);
        string[] own =
        [
            .. column.IsPrimary ? ["key"] : Array.Empty<string>(),
            .. column is { IsUnique: true, IsPrimary: false } ? ["unique"] : Array.Empty<string>(),
            .. column is { IsRequired: true, IsPrimary: false } ? ["not null"] : Array.Empty<string>(),
        ];
        return string.Join(", ", own.Concat(targets));
    }
}
