using System.Globalization;
using System.Text;
using Migrations.Logging;

namespace Migrations.Diagrams;

/// <summary>Writes a diagram for Graphviz, with a table's columns as the rows of an HTML-like label.</summary>
internal static class DotText
{
    private const string Head = """
        digraph schema {
            graph [rankdir=RL, ranksep=1.1, nodesep=0.35];
            node [shape=plain, fontname="Helvetica", fontsize=10];
            edge [arrowsize=0.7, color="#64748b"];

        """;

    /// <summary>The diagram.</summary>
    public static string Write(SchemaDiagram diagram)
    {
        var text = new StringBuilder(Head.ReplaceLineEndings("\n"));
        for (var i = 0; i < diagram.Tables.Count; i++)
            Table(text, i, diagram.Tables[i]);
        foreach (var link in diagram.Links)
            text.Append(CultureInfo.InvariantCulture, $"    {End(diagram, link.From, link.FromColumns)}:w -> ")
                .Append(CultureInfo.InvariantCulture, $"{End(diagram, link.To, link.ToColumns)}:e [{Attributes(link)}];\n");
        return text.Append("}\n").ToString();
    }

    private static void Table(StringBuilder text, int number, DiagramTable table)
    {
        text.Append(CultureInfo.InvariantCulture, $"    t{number + 1} [label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\" ")
            .Append("cellpadding=\"4\" color=\"#94a3b8\">\n")
            .Append(
                CultureInfo.InvariantCulture,
                $"        <tr><td colspan=\"2\" port=\"c0\" bgcolor=\"#e2e8f0\"><b>{Escape(table.Label)}</b>"
            )
            .Append("</td></tr>\n");
        for (var i = 0; i < table.Columns.Count; i++)
        {
            var column = table.Columns[i];
            var name = column.IsPrimary ? $"<u>{Escape(column.Name)}</u>" : Escape(column.Name);
            var type = Escape(column.Type + (column is { IsRequired: false } ? "?" : ""));
            text.Append(CultureInfo.InvariantCulture, $"        <tr><td align=\"left\" port=\"c{i + 1}\">{name}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td align=\"left\">{type} </td></tr>\n");
        }

        text.Append("    </table>>];\n");
    }

    private static string End(SchemaDiagram diagram, int table, IReadOnlyList<string> columns)
    {
        var names = diagram.Tables[table].Columns.Select(c => c.Name).ToList();
        var port = columns.Count == 0 ? 0 : 1 + names.FindIndex(n => string.Equals(n, columns[0], StringComparison.OrdinalIgnoreCase));
        return string.Create(CultureInfo.InvariantCulture, $"t{table + 1}:c{port}");
    }

    private static string Attributes(DiagramLink link) =>
        $"dir=both, arrowhead={(link.IsOptional ? "teeodot" : "teetee")}, arrowtail={(link.IsUnique ? "teeodot" : "crowodot")}";

    // An empty name has to be something, or Graphviz reports an invalid label.
    private static string Escape(string text) =>
        VisibleText
            .Of(text)
            .Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("\"", "&quot;", StringComparison.Ordinal)
            is { Length: > 0 } escaped
            ? escaped
            : " ";
}
