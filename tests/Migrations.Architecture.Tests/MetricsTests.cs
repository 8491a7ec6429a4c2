using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Migrations.Architecture.Tests;

/// <summary>How large files, functions and lines are.</summary>
public sealed class MetricsTests(ITestOutputHelper output)
{
    private const int WidestLine = 140;
    private const int LongFile = 250;

    [Fact]
    public void Files_are_short()
    {
        var lengths = SourceFile.All("src").Select(f => f.Lines.Length).Order().ToList();
        output.WriteLine($"files: {lengths.Count}, median {Percentile(lengths, 50)}, p95 {Percentile(lengths, 95)}, longest {lengths[^1]}");
        Assert.True(Percentile(lengths, 50) <= 80, $"The median of all files is {Percentile(lengths, 50)} lines.");
        Assert.True(Percentile(lengths, 95) <= LongFile, $"Of all files, 95 % have up to {Percentile(lengths, 95)} lines.");
    }

    [Fact]
    public void Functions_are_short()
    {
        var functions = SourceFile.All("src").SelectMany(FunctionsOf).OrderBy(f => f.Lines).ToList();
        var lengths = functions.ConvertAll(f => f.Lines);
        output.WriteLine($"functions: {lengths.Count}, median {Percentile(lengths, 50)}, p95 {Percentile(lengths, 95)}");
        foreach (var (name, lines) in functions.TakeLast(20))
            output.WriteLine($"  {lines} {name}");
        Assert.True(Percentile(lengths, 95) <= 35, $"Of all functions, 95 % have up to {Percentile(lengths, 95)} lines.");
    }

    [Fact]
    public void Lines_fit_a_screen()
    {
        string[] parts = ["src", "tests", "bench", "stress"];
        var wide = parts
            .SelectMany(part => SourceFile.All(part))
            .SelectMany(f => f.Lines.Select((line, i) => (Project: f.Name.Split('/')[1], Place: $"{f.Name}:{i + 1}", line.Length)))
            .Where(l => l.Length > WidestLine)
            .ToLookup(l => l.Project, StringComparer.Ordinal);
        foreach (var project in wide.OrderBy(g => g.Key, StringComparer.Ordinal))
            output.WriteLine($"{project.Key}: {project.Count()}\n{string.Join('\n', project.Select(l => $"  {l.Place}: {l.Length}"))}");
        Assert.Empty(wide.Select(p => $"{p.Key}: {p.Count()}"));
    }

    private static IEnumerable<(string Name, int Lines)> FunctionsOf(SourceFile file)
    {
        var tree = CSharpSyntaxTree.ParseText(string.Join('\n', file.Lines));
        return tree.GetRoot()
            .DescendantNodes()
            .Where(n =>
                n
                    is BaseMethodDeclarationSyntax
                        or LocalFunctionStatementSyntax
                        or AccessorDeclarationSyntax { ExpressionBody: null, Body: not null }
            )
            .Select(n => (Node: n, Span: tree.GetLineSpan(n.Span)))
            .Select(n =>
                ($"{file.Name}:{n.Span.StartLinePosition.Line + 1}", n.Span.EndLinePosition.Line - n.Span.StartLinePosition.Line + 1)
            );
    }

    private static int Percentile(IReadOnlyList<int> ordered, int percent) =>
        ordered[Math.Max(0, (int)Math.Ceiling(ordered.Count * percent / 100.0) - 1)];
}
