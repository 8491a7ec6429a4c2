using System.Globalization;
using System.Text;
using Migrations.Logging;

namespace Migrations.Diagrams;

/// <summary>
/// Writes a diagram for Mermaid. Its names of columns and types know letters, digits and a few signs only; what has others is written with
/// underscores, and as it is in the comment behind it.
/// </summary>
internal static class MermaidText
{
    private const string Special = "\"#<>&%{}`\\*$";

    // From U+0021 to U+FF01 (https://www.unicode.org/charts/PDF/UFF00.pdf).
    private const int FullWidth = 0xFEE0;

    private static readonly string[] Marks = ["PK", "FK", "UK"];

    /// <summary>The diagram.</summary>
    public static string Write(SchemaDiagram diagram)
    {
        var text = new StringBuilder("erDiagram\n");
        for (var i = 0; i < diagram.Tables.Count; i++)
            Table(text, Id(i), diagram.Tables[i]);
        foreach (var link in diagram.Links)
            text.Append(
                CultureInfo.InvariantCulture,
                $"    {Id(link.To)} {(link.IsOptional ? "|o" : "||")}--{(link.IsUnique ? "o|" : "o{")} {Id(link.From)} : "
                    + $"\"{Names(link)}\"\n"
            );
        return text.ToString();
    }

    private static string Id(int table) => string.Create(CultureInfo.InvariantCulture, $"t{table + 1}");

    private static void Table(StringBuilder text, string id, DiagramTable table)
    {
        text.Append(CultureInfo.InvariantCulture, $"    {id}[\"{Quoted(table.Label)}\"] {{\n");
        foreach (var column in table.Columns)
        {
            var type = Word(column.Type).Trim('_');
            text.Append(
                CultureInfo.InvariantCulture,
                $"        {(type.Length == 0 ? "any" : type)} {Word(column.Name)}{Keys(column)}{Comment(column)}\n"
            );
        }

        text.Append("    }\n");
    }

    private static string Keys(DiagramColumn column)
    {
        string[] keys =
        [
            .. column.IsPrimary ? ["PK"] : Array.Empty<string>(),
            .. column.IsForeign ? ["FK"] : Array.Empty<string>(),
            .. column is { IsUnique: true, IsPrimary: false } ? ["UK"] : Array.Empty<string>(),
        ];
        return keys.Length == 0 ? "" : " " + string.Join(", ", keys);
    }

    private static string Comment(DiagramColumn column)
    {
        var isWritten = string.Equals(Word(column.Name), column.Name, StringComparison.Ordinal);
        string[] notes =
        [
            .. isWritten ? Array.Empty<string>() : [Quoted(column.Name)],
            .. column is { IsRequired: true, IsPrimary: false } ? ["not null"] : Array.Empty<string>(),
        ];
        return notes.Length == 0 ? "" : $" \"{string.Join(", ", notes)}\"";
    }

    private static string Names(DiagramLink link) => Quoted(string.Join(", ", link.FromColumns));

    private static string Word(string name)
    {
        var word = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' ? c : '_'));
        // What marks a key is no name.
        return word.Length > 0 && char.IsAsciiLetter(word[0]) && !Marks.Contains(word, StringComparer.OrdinalIgnoreCase)
            ? word
            : "_" + word;
    }

    // A text ends at its quote, and Mermaid has no escape that its entities show: what could begin an entity, a tag, a directive or
    // Markdown is written as its full-width form, which looks the same and is only a letter.
    private static string Quoted(string text) =>
        string.Concat(VisibleText.Of(text).Select(c => Special.Contains(c, StringComparison.Ordinal) ? (char)(c + FullWidth) : c));
}
