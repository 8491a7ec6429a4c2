namespace Migrations;

/// <summary>A value that scripts take by its name: <c>${schema}</c>.</summary>
/// <param name="Name">The name: letters, digits and <c>_</c>; for a placeholder of Flyway's own, after <c>flyway:</c>.</param>
/// <param name="Value">What stands in its place.</param>
public sealed record ScriptVariable(string Name, string Value)
{
    // https://documentation.red-gate.com/flyway/reference/configuration/flyway-namespace/flyway-placeholders-namespace
    private const string FlywayPrefix = "flyway:";

    /// <summary>Whether the value is kept out of everything that is shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether a text can be the name of a variable.</summary>
    public static bool IsName(ReadOnlySpan<char> text)
    {
        if (text.StartsWith(FlywayPrefix, StringComparison.Ordinal))
            text = text[FlywayPrefix.Length..];
        if (text.IsEmpty || char.IsAsciiDigit(text[0]))
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} = {(IsSecret ? "***" : Value)}";
}
