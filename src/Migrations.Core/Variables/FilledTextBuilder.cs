using System.Text;

namespace Migrations.Variables;

/// <summary>Writes a text with values in place of references, and keeps where they are.</summary>
/// <param name="source">The text as it is in the file.</param>
/// <param name="firstLine">The number of its first line.</param>
internal sealed class FilledTextBuilder(string source, int firstLine)
{
    private readonly StringBuilder _text = new(source.Length + 64);
    private readonly List<(int Start, int End, VariableReference Reference)> _values = [];
    private int _taken;

    /// <summary>The length so far, with all of the source up to a place.</summary>
    public int LengthAt(int place) => _text.Length + place - _taken;

    /// <summary>Puts a value in place of a reference.</summary>
    public void Replace(VariableReference reference, string value)
    {
        _text.Append(source, _taken, reference.Start - _taken);
        _values.Add((_text.Length, _text.Length + value.Length, reference));
        _text.Append(value);
        _taken = reference.End;
    }

    /// <summary>The new text from a place in it to the end of a part of the source.</summary>
    public string Between(int start, int sourceEnd)
    {
        _text.Append(source, _taken, Math.Max(0, sourceEnd - _taken));
        _taken = Math.Max(_taken, sourceEnd);
        return _text.ToString(start, _text.Length - start);
    }

    /// <summary>The reference whose value is at, or last before, a place in the new text; null before the first.</summary>
    public VariableReference? Before(int place) =>
        _values.FindLastIndex(v => v.Start <= place) is >= 0 and var at ? _values[at].Reference : null;

    /// <summary>Where a place of the source is in its file.</summary>
    public (int Line, int Column) PlaceOf(int place)
    {
        var before = source.AsSpan(0, place);
        return (firstLine + before.Count('\n'), place - before.LastIndexOf('\n'));
    }

    /// <summary>The text.</summary>
    public FilledText Finish()
    {
        var text = _text.Append(source, _taken, source.Length - _taken).ToString();
        _taken = source.Length;
        var values = new List<FilledValue>(_values.Count);
        var (line, seen, lineStart) = (firstLine, 0, 0);
        foreach (var (start, end, reference) in _values)
        {
            var passed = text.AsSpan(seen, start - seen);
            line += passed.Count('\n');
            lineStart = passed.LastIndexOf('\n') is >= 0 and var at ? seen + at + 1 : lineStart;
            seen = start;
            values.Add(new FilledValue(line, start - lineStart + 1, end - start, reference.Length));
        }

        return new FilledText(text, values);
    }
}
