using System.Globalization;
using System.Text;

namespace Migrations.Folders;

/// <summary>
/// Puts environment variables into a text the way goose does between <c>ENVSUB ON</c> and <c>ENVSUB OFF</c>: <c>$NAME</c>, <c>${NAME}</c>,
/// <c>${NAME:-default}</c>, <c>${NAME-default}</c>, <c>${NAME?message}</c>, <c>${NAME:offset:length}</c>; <c>$$</c> and <c>\$</c> give a
/// dollar sign, <c>$(</c> stays. Unlike goose, a variable that is not set and has no default is an error. See <see
/// href="https://pressly.github.io/goose/documentation/environment-variables/"/>.
/// </summary>
/// <param name="lookup">The value of a variable; null when it is not set.</param>
internal sealed class VariableExpander(Func<string, string?> lookup)
{
    /// <summary>Puts the variables into one line.</summary>
    /// <exception cref="FormatException">A variable is not set, or a reference is malformed.</exception>
    public string Expand(string line)
    {
        if (!line.Contains('$', StringComparison.Ordinal))
            return line;
        var at = 0;
        return Text(line, ref at, stop: '\0');
    }

    private string Text(string line, ref int at, char stop)
    {
        var text = new StringBuilder(line.Length);
        while (at < line.Length && line[at] != stop)
        {
            var next = at + 1 < line.Length ? line[at + 1] : '\0';
            if (line[at] is '$' or '\\' && next == '$')
            {
                text.Append('$');
                at += 2;
            }
            else if (line[at] == '\\' && next == '\\' || line[at] == '$' && next == '(')
            {
                text.Append(line, at, 2);
                at += 2;
            }
            else if (line[at] == '$' && next is not ('\0' or '\r' or '\n'))
            {
                at++;
                text.Append(next == '{' ? Braced(line, ref at) : Value(Name(line, ref at)));
            }
            else
            {
                text.Append(line[at++]);
            }
        }

        return text.ToString();
    }

    private string Braced(string line, ref int at)
    {
        at++;
        var name = Name(line, ref at);
        var rest = line.AsSpan(at);
        string value;
        if (rest.StartsWith(":-", StringComparison.Ordinal))
            value = WithDefault(name, line, ref at, 2, emptyCounts: false);
        else if (rest.StartsWith("-", StringComparison.Ordinal))
            value = WithDefault(name, line, ref at, 1, emptyCounts: true);
        else if (rest.StartsWith("?", StringComparison.Ordinal))
            value = Needed(name, line, ref at);
        else if (rest.StartsWith(":", StringComparison.Ordinal))
            value = Part(name, line, ref at);
        else
            value = Value(name);
        if (at >= line.Length || line[at] != '}')
            throw new FormatException($"'${{{name}' has no closing brace, or an unknown operator.");
        at++;
        return value;
    }

    private string WithDefault(string name, string line, ref int at, int operatorLength, bool emptyCounts)
    {
        at += operatorLength;
        var start = at;
        var value = lookup(name);
        if (value is null || value.Length == 0 && !emptyCounts)
            return Text(line, ref at, stop: '}');
        // The default is not wanted, so variables in it need not be set.
        at = start;
        new VariableExpander(static _ => "").Text(line, ref at, stop: '}');
        return value;
    }

    private string Needed(string name, string line, ref int at)
    {
        at++;
        var end = line.IndexOf('}', at);
        var message = end < 0 ? line[at..] : line[at..end];
        at = end < 0 ? line.Length : end;
        return lookup(name) ?? throw new FormatException($"The environment variable '{name}' is not set: {message}");
    }

    private string Part(string name, string line, ref int at)
    {
        var end = line.IndexOf('}', at);
        var numbers = end < 0 ? [] : line[(at + 1)..end].Split(':');
        var length = int.MaxValue;
        if (
            numbers.Length is not (1 or 2)
            || !TryNumber(numbers[0], out var offset)
            || numbers.Length == 2 && !TryNumber(numbers[1], out length)
        )
            throw new FormatException($"'${{{name}:' must be followed by a number, or by '-' and a default.");
        at = end;
        var value = Value(name);
        var first = Math.Clamp(offset < 0 ? value.Length + offset : offset, 0, value.Length);
        var left = value.Length - first;
        return value.Substring(first, Math.Clamp(length < 0 ? left + length : length, 0, left));
    }

    private string Value(string name) => lookup(name) ?? throw new FormatException($"The environment variable '{name}' is not set.");

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    private static string Name(string line, ref int at)
    {
        var start = at;
        while (at < line.Length && (char.IsLetter(line[at]) || line[at] == '_' || at > start && char.IsNumber(line[at])))
            at++;
        return at > start
            ? line[start..at]
            : throw new FormatException("A dollar sign is not followed by the name of a variable; write '$$' for a literal dollar sign.");
    }
}
