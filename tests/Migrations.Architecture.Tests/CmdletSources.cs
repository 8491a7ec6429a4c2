using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Migrations.Architecture.Tests;

/// <summary>The cmdlets of the module, as their sources have them.</summary>
internal static class CmdletSources
{
    private static readonly Lazy<ILookup<string, ClassDeclarationSyntax>> All = new(() =>
        SourceFile
            .All("src", "Migrations.PowerShell")
            .Select(f => CSharpSyntaxTree.ParseText(File.ReadAllText(f.Path)).GetRoot())
            .SelectMany(root => root.DescendantNodes().OfType<ClassDeclarationSyntax>())
            .ToLookup(c => c.Identifier.Text, StringComparer.Ordinal)
    );

    /// <summary>The classes, by name.</summary>
    public static ILookup<string, ClassDeclarationSyntax> Classes => All.Value;

    /// <summary>The class of a cmdlet: <c>UndoMigrationCommand</c>.</summary>
    public static string ClassOf(string cmdlet) => cmdlet.Replace("-", "", StringComparison.Ordinal) + "Command";

    /// <summary>The parameters of a cmdlet's class, with those that it inherits.</summary>
    public static IEnumerable<string> ParametersOf(string name) =>
        Classes[name]
            .SelectMany(c =>
                c.Members.OfType<PropertyDeclarationSyntax>()
                    .Where(p => p.AttributeLists.SelectMany(l => l.Attributes).Any(x => x.Name.ToString() == "Parameter"))
                    .Select(p => p.Identifier.Text)
                    .Concat((c.BaseList?.Types ?? []).SelectMany(t => ParametersOf(t.Type.ToString().Split('<', '(')[0])))
            )
            .Append("WhatIf");
}
