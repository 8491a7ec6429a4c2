namespace Migrations.PostgreSql;

/// <summary>Reads names in statements.</summary>
internal static class SqlNames
{
    /// <summary>Reads a name with its schema, and moves behind it.</summary>
    public static string Qualified(StatementWords words, ref int at)
    {
        var name = words[at++];
        while (words[at] is ".")
        {
            name += "." + words[at + 1];
            at += 2;
        }

        return name;
    }

    /// <summary>A name as <see cref="Qualified"/> reads it, from a text.</summary>
    public static string Written(string text)
    {
        var at = 0;
        return Qualified(new StatementWords(text), ref at);
    }

    /// <summary>A name without its schema, as written.</summary>
    public static string LastPart(string name)
    {
        var at = name.LastIndexOf('.');
        return name.EndsWith('"')
            ? name[(name.LastIndexOf(".\"", StringComparison.Ordinal) is >= 0 and var quoted ? quoted + 1 : 0)..]
            : name[(at + 1)..];
    }

    /// <summary>A name as the server keeps it: without quotes, and in small letters where it has none.</summary>
    public static string Plain(string name) =>
        name is ['"', .. var inner, '"'] ? inner.Replace("\"\"", "\"", StringComparison.Ordinal) : name.ToLowerInvariant();

    /// <summary>A name without its schema, as the server keeps it.</summary>
    public static string PlainLast(string name) => Plain(LastPart(name));

    /// <summary>The schema that a name as written has before it, as the server keeps it; null where it has none.</summary>
    public static string? PlainSchema(string name)
    {
        var last = LastPart(name);
        return last.Length + 1 < name.Length ? PlainLast(name[..^(last.Length + 1)]) : null;
    }

    /// <summary>A plain name as SQL writes it.</summary>
    public static string Quote(string plain) => $"\"{plain.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
