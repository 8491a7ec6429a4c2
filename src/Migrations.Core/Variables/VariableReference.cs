namespace Migrations.Variables;

/// <summary>A reference to a variable in a text: <c>${name}</c>.</summary>
/// <param name="Start">Where it begins, in characters from 0.</param>
/// <param name="Name">The name; empty for what only begins like a reference.</param>
internal readonly record struct VariableReference(int Start, string Name)
{
    /// <summary>What opens one.</summary>
    public const string Opening = "${";

    /// <summary>Whether it names a variable.</summary>
    public bool IsNamed => Name.Length > 0;

    /// <summary>Its length.</summary>
    public int Length => IsNamed ? Opening.Length + Name.Length + 1 : Opening.Length;

    /// <summary>Where it ends.</summary>
    public int End => Start + Length;

    /// <summary>The next one in a part of a text; null without one.</summary>
    public static VariableReference? Find(string text, int from, int to)
    {
        var at = text.AsSpan(from, to - from).IndexOf(Opening);
        return at < 0 ? null : At(text, from + at, to);
    }

    /// <summary>The one that begins at a place.</summary>
    public static VariableReference At(string text, int start, int to)
    {
        var rest = text.AsSpan(start + Opening.Length, to - start - Opening.Length);
        var end = rest.IndexOf('}');
        return end > 0 && ScriptVariable.IsName(rest[..end])
            ? new VariableReference(start, rest[..end].ToString())
            : new VariableReference(start, "");
    }
}
