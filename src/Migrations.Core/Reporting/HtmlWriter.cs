using System.Text;
using Migrations.Logging;

namespace Migrations.Reporting;

/// <summary>
/// Writes HTML in which every text and every value of an attribute is only that: the names of elements and attributes are those of the
/// program, all else is escaped.
/// </summary>
/// <param name="output">Where it goes.</param>
internal sealed class HtmlWriter(TextWriter output)
{
    /// <summary>Begins a document.</summary>
    public void Begin() => output.Write("<!DOCTYPE html>\n");

    /// <summary>Writes text of the program as it is: a style sheet.</summary>
    public void Style(string css)
    {
        output.Write("<style>\n");
        output.Write(css);
        output.Write("</style>\n");
    }

    /// <summary>Begins an element, which ends where the result is disposed.</summary>
    public Part In(string tag, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Begin(tag, attributes);
        return new Part(output, tag);
    }

    /// <summary>An element with a text and nothing else.</summary>
    public void Element(string tag, string text, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        using (In(tag, attributes))
            Text(text);
    }

    /// <summary>An element without content; <c>/</c> ends it, in HTML and in SVG.</summary>
    public void Empty(string tag, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        output.Write('<');
        output.Write(tag);
        Write(attributes);
        output.Write("/>\n");
    }

    /// <summary>A text.</summary>
    public void Text(string text) => output.Write(Escape(text));

    /// <summary>A text as HTML: what could begin anything else, and what could turn the reading order, is made harmless.</summary>
    internal static string Escape(string text)
    {
        var safe = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            _ = c switch
            {
                '&' => safe.Append("&amp;"),
                '<' => safe.Append("&lt;"),
                '>' => safe.Append("&gt;"),
                '"' => safe.Append("&quot;"),
                '\'' => safe.Append("&#39;"),
                '\n' => safe.Append(c),
                _ => safe.Append(VisibleText.Of(c.ToString())),
            };
        }

        return safe.ToString();
    }

    private void Begin(string tag, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        output.Write('<');
        output.Write(tag);
        Write(attributes);
        output.Write('>');
    }

    private void Write(ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        foreach (var (name, value) in attributes)
        {
            if (value is not null)
                output.Write($" {name}=\"{Escape(value)}\"");
        }
    }

    /// <summary>An element that has begun.</summary>
    internal readonly struct Part(TextWriter output, string tag) : IDisposable
    {
        /// <summary>Ends it.</summary>
        public void Dispose() => output.Write($"</{tag}>\n");
    }
}
