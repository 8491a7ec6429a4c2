namespace Migrations.Testing;

/// <summary>A block of code in a page of the documentation.</summary>
/// <param name="Page">The page, relative to the repository.</param>
/// <param name="Line">The line of its first fence, counted from 1.</param>
/// <param name="Section">The heading of the second level above it; empty above the first one.</param>
/// <param name="Language">The language of the fence; empty for what is printed.</param>
/// <param name="Text">The code.</param>
/// <param name="File">The file that the line above names and the reader saves the block as: <c>`migrations/001_a.sql`:</c>.</param>
/// <param name="NotRun">Why no test runs it, from a comment above the fence: <c>&lt;!-- not run: it needs a cluster --&gt;</c>.</param>
public sealed record CodeBlock(string Page, int Line, string Section, string Language, string Text, string? File, string? NotRun)
{
    /// <summary>Page and line, as an editor opens them.</summary>
    public string Place => $"{Page}:{Line}";
}
