using System.Globalization;

namespace Migrations.Testing;

/// <summary>The table of configurations that no one can work with: the same for command and module.</summary>
public static class InvalidConfigurations
{
    /// <summary>Each with the place of its error, and words of it.</summary>
    public static IReadOnlyList<(int Line, int Column, string Words, string Text)> All { get; } =
    [.. File.ReadAllText(Repository.Fixture("configuration", "invalid.txt")).Split("\n== ").Skip(1).Select(Read)];

    private static (int Line, int Column, string Words, string Text) Read(string block)
    {
        var (head, text) = Cut(block, '\n');
        var (place, words) = Cut(head, ' ');
        var (line, column) = Cut(place, ':');
        return (int.Parse(line, CultureInfo.InvariantCulture), int.Parse(column, CultureInfo.InvariantCulture), words, text);
    }

    private static (string Before, string Behind) Cut(string text, char at)
    {
        var place = text.IndexOf(at, StringComparison.Ordinal);
        return (text[..place], text[(place + 1)..]);
    }
}
