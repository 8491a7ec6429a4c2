namespace Migrations.Configuration;

/// <summary>The names of environments, services and stamps.</summary>
internal static class ConfiguredName
{
    /// <summary>What a name may consist of, for messages.</summary>
    public const string Form = "Use letters, digits, '-', '_' and '.', and begin with a letter or a digit.";

    /// <summary>Whether a text can be one. Names are written on command lines: no comma, no star, no blank, no dash in front.</summary>
    public static bool IsName(string text) =>
        text.Length > 0 && char.IsLetterOrDigit(text[0]) && text.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.');
}
