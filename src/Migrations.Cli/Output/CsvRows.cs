using System.Text;
using Migrations.Databases;

namespace Migrations.Cli.Output;

/// <summary>
/// Writes rows as CSV (<see href="https://www.rfc-editor.org/rfc/rfc4180"/>, with LF), an empty line between two result sets. NULL is
/// nothing, and an empty text a pair of quotes, as PostgreSQL's COPY has it.
/// </summary>
internal sealed class CsvRows(Terminal terminal) : IRowReport
{
    private readonly StreamWriter _writer = new(terminal.Output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 64 * 1024);
    private IReadOnlyList<RowColumn> _columns = [];
    private bool _isBegun;

    public void Restart() { }

    public void Begin(IReadOnlyList<RowColumn> columns)
    {
        if (_isBegun)
            _writer.Write('\n');
        (_columns, _isBegun) = (columns, true);
        Write(columns.Select(c => c.Name));
    }

    public void Add(IReadOnlyList<object?> values) => Write(values.Select((value, i) => RowText.Of(value, _columns[i].Type)));

    public void Complete(DatabaseScriptResult result) => _writer.Flush();

    // Standard output itself stays open.
    public void Dispose() => _writer.Flush();

    private void Write(IEnumerable<string?> cells)
    {
        _writer.Write(string.Join(',', cells.Select(Quoted)));
        _writer.Write('\n');
    }

    private string? Quoted(string? text)
    {
        text = text is null ? null : terminal.Harmless(text);
        return text is "" || text?.AsSpan().IndexOfAny(",\"\r\n") >= 0
            ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : text;
    }
}
