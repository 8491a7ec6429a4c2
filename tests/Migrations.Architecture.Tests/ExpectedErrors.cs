using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Migrations.Architecture.Tests;

/// <summary>Finds the errors that a test demands of what it calls: <c>ErrorId.X</c> in an assertion, or in the data of a test that has one
/// for it. By syntax, not by text.</summary>
internal static class ExpectedErrors
{
    /// <summary>The names of the errors that a source file demands.</summary>
    public static IEnumerable<string> Of(string source)
    {
        var root = CSharpSyntaxTree.ParseText(source).GetRoot();
        foreach (
            var mention in root.DescendantNodes()
                .OfType<MemberAccessExpressionSyntax>()
                .Where(m => m.Expression is IdentifierNameSyntax { Identifier.Text: nameof(ErrorId) })
        )
        {
            var name = mention.Name.Identifier.Text;
            if (IsAsserted(mention, name) || IsData(mention, root))
                yield return name;
        }
    }

    // A test that makes the error itself has not seen it raised.
    private static bool IsAsserted(SyntaxNode mention, string name) =>
        mention
            .Ancestors()
            .TakeWhile(a => a is not BaseObjectCreationExpressionSyntax)
            .OfType<InvocationExpressionSyntax>()
            .Any(IsAssertion)
        && mention.Ancestors().OfType<BaseMethodDeclarationSyntax>().FirstOrDefault() is { } test
        && !Makes(test, name);

    private static bool Makes(SyntaxNode test, string name) =>
        test.DescendantNodes()
            .OfType<BaseObjectCreationExpressionSyntax>()
            .Any(made =>
                made.ArgumentList?.Arguments.Any(a =>
                    a.Expression
                        is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: nameof(ErrorId) } } id
                    && id.Name.Identifier.Text == name
                ) == true
            );

    private static bool IsAssertion(InvocationExpressionSyntax call)
    {
        var method = call.Expression switch
        {
            MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "Assert" } } => "Assert",
            MemberAccessExpressionSyntax access => access.Name.Identifier.Text,
            SimpleNameSyntax name => name.Identifier.Text,
            _ => "",
        };
        return method.StartsWith("Assert", StringComparison.Ordinal)
            || method.Contains("Throws", StringComparison.Ordinal)
            || method.Contains("Fails", StringComparison.Ordinal);
    }

    /// <summary>Whether it is a row of a test's data, and the test demands what it is given.</summary>
    private static bool IsData(SyntaxNode mention, SyntaxNode root)
    {
        if (mention.Ancestors().OfType<AttributeSyntax>().FirstOrDefault() is { } row)
            return row.Ancestors().OfType<MethodDeclarationSyntax>().FirstOrDefault() is { } test && DemandsItsParameter(test);
        var source = mention
            .Ancestors()
            .OfType<PropertyDeclarationSyntax>()
            .FirstOrDefault(p => p.Type.ToString().StartsWith("TheoryData<", StringComparison.Ordinal));
        return source is not null
            && root.DescendantNodes()
                .OfType<MethodDeclarationSyntax>()
                .Any(m =>
                    m.AttributeLists.ToString().Contains($"MemberData(nameof({source.Identifier.Text}))", StringComparison.Ordinal)
                    && DemandsItsParameter(m)
                );
    }

    private static bool DemandsItsParameter(MethodDeclarationSyntax test) =>
        test.ParameterList.Parameters.Any(p =>
            p.Type?.ToString() is nameof(ErrorId) or nameof(ErrorId) + "?"
            && test.DescendantNodes()
                .OfType<IdentifierNameSyntax>()
                .Any(use =>
                    use.Identifier.Text == p.Identifier.Text && use.Ancestors().OfType<InvocationExpressionSyntax>().Any(IsAssertion)
                )
        );
}
