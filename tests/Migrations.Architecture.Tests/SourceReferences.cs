using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Migrations.Architecture.Tests;

/// <summary>One file of a project names something that another file declares.</summary>
internal sealed record SourceReference(string From, string To, string Symbol);

/// <summary>Who names whom inside one project, by the compiler's own judgement: file names are relative to the project.</summary>
internal sealed class SourceReferences
{
    private const string Implicit =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
        + "global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    private static readonly ConcurrentDictionary<string, Lazy<SourceReferences>> Known = new(StringComparer.Ordinal);

    private SourceReferences(IReadOnlyList<string> files, IReadOnlyList<SourceReference> all)
    {
        Files = files;
        All = all;
    }

    public IReadOnlyList<string> Files { get; }

    public IReadOnlyList<SourceReference> All { get; }

    /// <summary>Reads a project below src, once. What it takes from other assemblies need not resolve: only its own symbols
    /// count.</summary>
    public static SourceReferences Of(string project) => Known.GetOrAdd(project, p => new(() => Read(p))).Value;

    private static SourceReferences Read(string project)
    {
        var root = Repository.PathOf("src", project);
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        var trees = SourceFile
            .All("src", project)
            .OrderBy(f => f.Path, StringComparer.Ordinal)
            .Select(f =>
                CSharpSyntaxTree.ParseText(string.Join('\n', f.Lines), options, Path.GetRelativePath(root, f.Path).Replace('\\', '/'))
            )
            .ToList();
        var compilation = CSharpCompilation.Create(
            project + ".References",
            trees.Prepend(CSharpSyntaxTree.ParseText(Implicit, options)),
            Libraries(project),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true)
        );
        var found = trees.AsParallel().SelectMany(tree => Named(compilation.GetSemanticModel(tree))).Distinct();
        return new(
            trees.ConvertAll(t => t.FilePath),
            found.OrderBy(r => r.From + " " + r.To + " " + r.Symbol, StringComparer.Ordinal).ToList()
        );
    }

    private static IEnumerable<MetadataReference> Libraries(string project) =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileNameWithoutExtension(path) != project)
            .Select(path => MetadataReference.CreateFromFile(path));

    private static IEnumerable<SourceReference> Named(SemanticModel model)
    {
        var from = model.SyntaxTree.FilePath;
        foreach (var node in model.SyntaxTree.GetRoot().DescendantNodes(n => n is not UsingDirectiveSyntax))
        {
            if (node is not (SimpleNameSyntax or BaseObjectCreationExpressionSyntax or ConstructorInitializerSyntax))
                continue;
            var info = model.GetSymbolInfo(node);
            var symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
            if (symbol is null or INamespaceSymbol or ILocalSymbol or IParameterSymbol or ITypeParameterSymbol)
                continue;
            foreach (var file in Homes(symbol).Where(file => file.Length > 0 && file != from))
                yield return new(from, file, Shown(symbol));
        }
    }

    private static IEnumerable<string> Homes(ISymbol symbol)
    {
        var original = (symbol as IMethodSymbol)?.ReducedFrom ?? symbol.OriginalDefinition;
        var declared = original.DeclaringSyntaxReferences.Length > 0 ? original : original.ContainingType ?? original;
        return declared.DeclaringSyntaxReferences.Select(r => r.SyntaxTree.FilePath).Distinct(StringComparer.Ordinal);
    }

    private static string Shown(ISymbol symbol) =>
        symbol is INamedTypeSymbol || symbol.ContainingType is null ? symbol.Name : $"{symbol.ContainingType.Name}.{symbol.Name}";
}
