using System.Globalization;
using System.Text;
using Migrations.Diagrams;

namespace Migrations.Reporting;

/// <summary>Draws a diagram of tables as SVG. A table that the pointer is on makes the lines fade that are not its own.</summary>
/// <param name="html">Where it goes.</param>
/// <param name="id">What the drawing is called on its page.</param>
/// <param name="diagram">The diagram.</param>
internal sealed class DiagramDrawing(HtmlWriter html, string id, SchemaDiagram diagram)
{
    // The width of a letter of the monospaced font that the style sheet names, at its size.
    private const double Letter = 6.7;
    private const double Row = 17;
    private const double Title = 25;
    private const double Side = 8;
    private const double Key = 20;
    private const int LongestName = 30;
    private const int LongestType = 18;
    private const double Margin = 14;

    private readonly List<List<DiagramColumn>> _shown =
    [
        .. diagram.Tables.Select(table =>
            Shown(
                table,
                diagram.Tables.Count <= 20 ? 18
                    : diagram.Tables.Count <= 40 ? 12
                    : 8
            )
        ),
    ];

    /// <summary>Draws it, with a switch between the width of the page and its own size.</summary>
    public void Write()
    {
        var layout = DiagramLayout.Of([.. diagram.Tables.Select((_, i) => SizeOf(i))], [.. diagram.Links.Select(ArrowOf)]);
        var (width, height) = (layout.Size.Width + 2 * Margin, layout.Size.Height + 2 * Margin);
        html.Style(Fading());
        using var figure = html.In("div", ("class", "diagram"));
        html.Empty("input", ("type", "checkbox"), ("id", id + "-size"));
        html.Element("label", "Actual size", ("for", id + "-size"));
        using var scroll = html.In("div", ("class", "scroll"), ("tabindex", "0"));
        using var svg = html.In(
            "svg",
            ("id", id + "-drawing"),
            ("viewBox", $"{Of(-Margin)} {Of(-Margin)} {Of(width)} {Of(height)}"),
            ("style", $"--width:{Of(width)}px;aspect-ratio:{Of(width)}/{Of(height)}"),
            ("role", "img"),
            ("aria-label", $"{diagram.Tables.Count} tables and {diagram.Links.Count} foreign keys")
        );
        for (var i = 0; i < diagram.Links.Count; i++)
            Line(diagram.Links[i], layout.Routes[i]);
        for (var i = 0; i < diagram.Tables.Count; i++)
            Table(i, layout.Boxes[i]);
    }

    private string Fading()
    {
        var css = new StringBuilder();
        foreach (var table in diagram.Links.SelectMany(l => new[] { l.From, l.To }).Distinct().Order())
            css.Append(CultureInfo.InvariantCulture, $"#{id}-drawing:has(g.t{table}:hover) path:not(.t{table}){{opacity:.08}}\n");
        return css.ToString();
    }

    /// <summary>The columns that are drawn: of a large table its keys, and others as far as there is room.</summary>
    private static List<DiagramColumn> Shown(DiagramTable table, int most)
    {
        var room = most - 1 - table.Columns.Count(c => c.IsPrimary || c.IsForeign);
        return table.Columns.Count <= most ? [.. table.Columns] : [.. table.Columns.Where(c => c.IsPrimary || c.IsForeign || room-- > 0)];
    }

    private DiagramSize SizeOf(int table)
    {
        var rows = _shown[table];
        var letters = rows.Select(c => Cells(Short(c.Name, LongestName)) + Cells(Short(c.Type, LongestType)) + 2).DefaultIfEmpty(0).Max();
        var width = Math.Max(letters * Letter + Key, Cells(Short(diagram.Tables[table].Label, LongestName)) * Letter * 1.12) + 2 * Side;
        var more = diagram.Tables[table].Columns.Count > rows.Count ? 1 : 0;
        return new DiagramSize(Math.Max(width, 90), Title + Row * (rows.Count + more) + 5);
    }

    private DiagramArrow ArrowOf(DiagramLink link) =>
        new(link.From, OffsetOf(link.From, link.FromColumns), link.To, OffsetOf(link.To, link.ToColumns));

    private double OffsetOf(int table, IReadOnlyList<string> columns)
    {
        var row =
            columns.Count == 0 ? -1 : _shown[table].FindIndex(c => string.Equals(c.Name, columns[0], StringComparison.OrdinalIgnoreCase));
        return row < 0 ? Title / 2 : Title + Row * (row + 0.5) + 1;
    }

    private void Line(DiagramLink link, IReadOnlyList<DiagramPoint> route)
    {
        var path = new StringBuilder();
        path.Append(CultureInfo.InvariantCulture, $"M{Of(route[0].X)} {Of(route[0].Y)}");
        for (var i = 1; i < route.Count; i++)
        {
            var (from, to) = (route[i - 1], route[i]);
            // One that leads back to its own table bulges.
            var (first, second) = link.From == link.To ? (from.X + 34, to.X + 34) : ((from.X + to.X) / 2, (from.X + to.X) / 2);
            path.Append(CultureInfo.InvariantCulture, $"C{Of(first)} {Of(from.Y)} {Of(second)} {Of(to.Y)} {Of(to.X)} {Of(to.Y)}");
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"t{link.From} t{link.To}{(link.IsOptional ? " optional" : "")}");
        using (html.In("path", ("class", name), ("d", path.ToString())))
            html.Element("title", $"{TextOf(link.From, link.FromColumns)} → {TextOf(link.To, link.ToColumns)}");
        Ends(link, route);
    }

    /// <summary>A foot with three toes where many rows refer to one, and a dot at that one.</summary>
    private void Ends(DiagramLink link, IReadOnlyList<DiagramPoint> route)
    {
        var (start, end) = (route[0], route[^1]);
        var name = string.Create(CultureInfo.InvariantCulture, $"end t{link.From} t{link.To}");
        var away = link.From == link.To || route[1].X > start.X ? 9 : -9;
        if (!link.IsUnique)
            html.Empty(
                "path",
                ("class", name),
                ("d", $"M{Of(start.X)} {Of(start.Y - 4.5)}L{Of(start.X + away)} {Of(start.Y)}L{Of(start.X)} {Of(start.Y + 4.5)}")
            );
        html.Empty("path", ("class", name + " dot"), ("d", $"M{Of(end.X)} {Of(end.Y)}h0"));
    }

    private string TextOf(int table, IReadOnlyList<string> columns) => $"{diagram.Tables[table].Label} ({string.Join(", ", columns)})";

    private void Table(int number, DiagramBox box)
    {
        var table = diagram.Tables[number];
        using var group = html.In(
            "g",
            ("class", string.Create(CultureInfo.InvariantCulture, $"t{number}")),
            ("transform", $"translate({Of(box.X)} {Of(box.Y)})")
        );
        html.Element("title", table.Label);
        html.Empty("rect", ("class", "box"), ("width", Of(box.Width)), ("height", Of(box.Height)), ("rx", "5"));
        html.Empty(
            "path",
            ("class", "head"),
            ("d", $"M0 {Of(Title - 2)}V5a5 5 0 0 1 5-5H{Of(box.Width - 5)}a5 5 0 0 1 5 5V{Of(Title - 2)}z")
        );
        html.Element("text", Short(table.Label, LongestName), ("class", "name"), ("x", Of(Side)), ("y", Of(Title - 8.5)));
        for (var i = 0; i < _shown[number].Count; i++)
            Column(_shown[number][i], Title + Row * i + 12.5, box.Width);
        if (table.Columns.Count > _shown[number].Count)
            html.Element(
                "text",
                $"and {table.Columns.Count - _shown[number].Count} more",
                ("class", "more"),
                ("x", Of(Side + Key)),
                ("y", Of(Title + Row * _shown[number].Count + 12.5))
            );
    }

    private void Column(DiagramColumn column, double y, double width)
    {
        var key =
            column.IsPrimary ? "PK"
            : column.IsForeign ? "FK"
            : "";
        if (key.Length > 0)
            html.Element("text", key, ("class", column.IsPrimary ? "key primary" : "key"), ("x", Of(Side)), ("y", Of(y)));
        html.Element(
            "text",
            Short(column.Name, LongestName),
            ("class", column.IsRequired ? null : "optional"),
            ("x", Of(Side + Key)),
            ("y", Of(y))
        );
        if (column.Type.Length > 0)
            html.Element("text", Short(column.Type, LongestType), ("class", "type"), ("x", Of(width - Side)), ("y", Of(y)));
    }

    private static string Short(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";

    /// <summary>How many letters wide a text is: those of East Asia take two.</summary>
    private static int Cells(string text) => text.Sum(c => c is (>= '\u1100' and < '\ud800') or (>= '\uf900' and <= '\uffef') ? 2 : 1);

    private static string Of(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
