using System.Text.RegularExpressions;

namespace Migrations.Testing;

/// <summary>A page of the documentation, read for its blocks of code.</summary>
public sealed partial class MarkdownPage
{
    private MarkdownPage(string name, IReadOnlyList<CodeBlock> blocks)
    {
        Name = name;
        Blocks = blocks;
    }

    /// <summary>Its path, relative to the repository.</summary>
    public string Name { get; }

    /// <summary>Its blocks, in order.</summary>
    public IReadOnlyList<CodeBlock> Blocks { get; }

    /// <summary>The README, CONTRIBUTING, SECURITY and every page below docs, in order.</summary>
    public static IReadOnlyList<MarkdownPage> All { get; } =
    [
        .. Directory
            .EnumerateFiles(Repository.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)
            .Select(Read),
    ];

    /// <summary>Reads a page by its path relative to the repository.</summary>
    public static MarkdownPage Read(string name)
    {
        var lines = File.ReadAllLines(Repository.PathOf(name));
        var blocks = new List<CodeBlock>();
        var section = "";
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("## ", StringComparison.Ordinal))
                section = lines[i][3..].Trim();
            if (!lines[i].StartsWith("```", StringComparison.Ordinal))
                continue;
            var end = Array.IndexOf(lines, "```", i + 1);
            if (end < 0)
                throw new InvalidOperationException($"{name}:{i + 1}: the block does not end.");
            var above = lines[..i].LastOrDefault(l => l.Trim().Length > 0) ?? "";
            blocks.Add(
                new CodeBlock(
                    name,
                    i + 1,
                    section,
                    lines[i][3..].Trim(),
                    string.Join('\n', lines[(i + 1)..end]) + "\n",
                    Match(NamedFile(), above),
                    Match(NotRun(), above)
                )
            );
            i = end;
        }

        return new MarkdownPage(name, blocks);
    }

    private static string? Match(Regex pattern, string line) => pattern.Match(line) is { Success: true } m ? m.Groups["value"].Value : null;

    [GeneratedRegex(@"`(?<value>[^`\s]+\.\w+)`:$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamedFile();

    [GeneratedRegex(@"^<!-- not run: (?<value>.+) -->$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotRun();
}
