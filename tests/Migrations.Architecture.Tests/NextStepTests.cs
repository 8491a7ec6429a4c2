using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Migrations.PowerShell;

namespace Migrations.Architecture.Tests;

/// <summary>The engine says what to do next as the command line spells it. In PowerShell every such text becomes a cmdlet with parameters
/// that exist.</summary>
public sealed partial class NextStepTests
{
    private static readonly Lazy<HashSet<string>> Parameters = new(() =>
        SourceFile
            .All("src", "Migrations.PowerShell")
            .SelectMany(f => Parameter().Matches(string.Join('\n', f.Lines)).Select(m => m.Groups["name"].Value))
            .Concat(["WhatIf", "Confirm", "Verbose"])
            .ToHashSet(StringComparer.Ordinal)
    );

    /// <summary>Every text of the engine and its drivers that names a command or an option.</summary>
    public static TheoryData<string> Texts
    {
        get
        {
            var found = SourceFile
                .All("src", "Migrations.Core")
                .Concat(SourceFile.All("src", "Migrations.Sqlite"))
                .Concat(SourceFile.All("src", "Migrations.PostgreSql"))
                .SelectMany(f => CSharpSyntaxTree.ParseText(File.ReadAllText(f.Path)).GetRoot().DescendantNodes())
                .Select(TextOf)
                .OfType<string>()
                // A text of one word is what another program is given; a script of several lines is none of ours to rewrite.
                .Where(t =>
                    t.Contains(' ', StringComparison.Ordinal) && !t.Contains('\n', StringComparison.Ordinal) && OfCommandLine().IsMatch(t)
                )
                .Distinct(StringComparer.Ordinal);
            return [.. found];
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void It_is_said_in_cmdlets(string text)
    {
        var said = NextStep.ForPowerShell(text);
        Assert.DoesNotMatch(OfCommandLine(), said);
        Assert.All(
            Said().Matches(said),
            m => Assert.True(Parameters.Value.Contains(m.Groups["name"].Value), $"No cmdlet has -{m.Groups["name"].Value}: {said}")
        );
    }

    [Fact]
    public void There_are_texts_to_look_at() => Assert.True(Texts.Count > 80, $"{Texts.Count} texts were found.");

    [Theory]
    [InlineData("Rehearse them: migrations test --all", "Rehearse them: Test-Migration -All")]
    [InlineData("Specify it with --backups.", "Specify it with -BackupPath.")]
    [InlineData(
        "'migrations repair 003' or 'migrations down --to 002 --yes'",
        "'Repair-MigrationHistory -Name 003' or 'Undo-Migration -To 002 -Force'"
    )]
    [InlineData("Stop the server and run 'pg_checksums --enable'.", "Stop the server and run 'pg_checksums --enable'.")]
    [InlineData("Put '-- Transaction: none' into the header.", "Put '-- Transaction: none' into the header.")]
    public void A_text_becomes(string text, string expected) => Assert.Equal(expected, NextStep.ForPowerShell(text));

    private static string? TextOf(SyntaxNode node) =>
        node switch
        {
            LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.StringLiteralExpression) => literal.Token.ValueText,
            InterpolatedStringExpressionSyntax text => string.Concat(
                text.Contents.Select(c => c is InterpolatedStringTextSyntax part ? part.TextToken.ValueText : "x")
            ),
            _ => null,
        };

    [GeneratedRegex(
        @"\bmigrations (status|history|up|down|reset|create|repair|baseline|backups|backup|verify|restore|prune|test|check|schema|diff)\b"
            + @"(?! (is|are|was|were)\b)|(?<![\w-]|\bpg_[a-z]+ )--[a-z]",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex OfCommandLine();

    [GeneratedRegex(@"(?<![\w-])-(?<name>[A-Z]\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Said();

    [GeneratedRegex(
        @"\[Parameter\b.*\n(\s*\[.*\n)*\s*public (virtual |override |new |required )?\S+ (?<name>\w+) \{",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Parameter();
}
