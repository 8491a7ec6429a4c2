using System.CommandLine;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Migrations.Cli.Commands;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.PowerShell;

namespace Migrations.Architecture.Tests;

/// <summary>The engine names commands and options as data: each is there in the command, in the module and in the library.</summary>
public sealed partial class AdviceTests
{
    private static readonly Assembly Core = typeof(Advice).Assembly;
    private static readonly Lazy<RootCommand> CommandLine = new(() => CommandTree.Create(new GlobalOptions(), new Terminal()));
    public static TheoryData<string> Commands => Names("Migrations.Call");

    public static TheoryData<string> Options => Names("Migrations.CallOption");

    [Theory, MemberData(nameof(Commands))]
    public void A_command_is_there_in_both_faces(string name)
    {
        Assert.Contains(CommandLine.Value.Subcommands, c => c.Name == name);
        var cmdlet = ModuleSpelling.Instance.Of(new CommandCall(name, [], [])).Split(' ')[0];
        Assert.NotEmpty(CmdletSources.Classes[CmdletSources.ClassOf(cmdlet)]);
    }

    [Theory, MemberData(nameof(Options))]
    public void An_option_is_there_in_both_faces(string name)
    {
        var given = CommandLine.Value.Subcommands.SelectMany(c => c.Options).Concat(CommandLine.Value.Options);
        Assert.Contains(given, o => o.Name == $"--{name}");
        // It is a cmdlet of its own in the module.
        if (name is "new")
            return;
        var parameter = ModuleSpelling.Instance.Of(new CommandOption(name)).TrimStart('-');
        Assert.True(
            parameter is "WhatIf" || CmdletSources.Classes.Any(c => CmdletSources.ParametersOf(c.Key).Contains(parameter)),
            $"No cmdlet has -{parameter}."
        );
    }

    /// <summary>Every call of the sources, with its options.</summary>
    [Fact]
    public void A_call_has_parameters_that_its_cmdlet_has()
    {
        var calls = Engine().SelectMany(Calls).Distinct(StringComparer.Ordinal).ToList();
        Assert.True(calls.Count > 20, $"{calls.Count} calls were found.");
        foreach (var call in calls)
        {
            var words = call.Split(' ');
            var data = new CommandCall(words[0], [], [.. words[1..].Select(o => new CommandOption(o))]);
            var spelled = ModuleSpelling.Instance.Of(data).Split(' ');
            var parameters = CmdletSources.ParametersOf(CmdletSources.ClassOf(spelled[0])).ToList();
            Assert.All(spelled[1..], p => Assert.True(parameters.Contains(p.TrimStart('-')), $"{spelled[0]} has no {p}."));
            var command = CommandLine.Value.Subcommands.Single(c => c.Name == words[0]);
            var there = command.Options.Concat(CommandLine.Value.Options).Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
            Assert.All(words[1..], o => Assert.True(there.Contains($"--{o}"), $"{words[0]} has no --{o}."));
        }
    }

    [Fact]
    public void The_library_has_the_methods_and_properties()
    {
        var types = Core.GetExportedTypes().Where(t => t.DeclaringType is null).ToLookup(t => t.Name, StringComparer.Ordinal);
        Assert.All(Table("Methods"), m => Assert.Contains(types[m.Split('.')[0]], t => t.GetMethods().Any(x => x.Name == m.Split('.')[1])));
        Assert.All(Table("Properties"), p => Assert.Contains(types[p.Split('.')[0]], t => t.GetProperty(p.Split('.')[1]) is not null));
    }

    /// <summary>A text that spells a command or an option itself is the same in every face.</summary>
    [Fact]
    public void No_text_of_the_engine_spells_a_command_line()
    {
        var texts = Engine()
            .SelectMany(root => root.DescendantTokens())
            .Where(t => t.IsKind(SyntaxKind.StringLiteralToken) || t.IsKind(SyntaxKind.InterpolatedStringTextToken))
            .Select(t => t.ValueText)
            // A text of one word is what another program is given.
            .Where(t => t.Contains(' ', StringComparison.Ordinal) && OfCommandLine().IsMatch(t));
        Assert.Empty(texts);
    }

    [Theory]
    [InlineData("migrations repair 003 --remove-missing", "Repair-MigrationHistory -Name 003 -RemoveMissing", "repair|003|remove-missing")]
    [InlineData(
        "migrations restore \"/a b/x.dump\" --database \"shop.db\"",
        "Restore-Database -Path \"/a b/x.dump\" -Database \"shop.db\"",
        "restore|/a b/x.dump|database=shop.db"
    )]
    [InlineData("migrations backups '$x'\\''s'", "Get-DatabaseBackup '$x''s'", "backups|$x's|")]
    [InlineData("migrations config --new", "New-MigrationConfiguration", "config||new")]
    [InlineData("migrations create <name>", "New-Migration <name>", "create|<name>|")]
    public void Each_face_spells_a_call(string command, string cmdlet, string call)
    {
        var parts = call.Split('|');
        var options = parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(o => o.Split('='));
        var data = new CommandCall(
            parts[0],
            parts[1].Length == 0 ? [] : [parts[1]],
            [.. options.Select(o => new CommandOption(o[0], o.ElementAtOrDefault(1)))]
        );
        Assert.Equal(command, Spelling.CommandLine.Of(data));
        Assert.Equal(cmdlet, ModuleSpelling.Instance.Of(data));
    }

    [Theory]
    [InlineData("repair", "003", "remove-missing", "Migrator.RepairAsync(\"003\", RemoveMissing: true)")]
    [InlineData("up", null, "what-if", "migrations up --what-if")]
    public void The_library_spells_a_call(string command, string? operand, string option, string expected) =>
        Assert.Equal(
            expected,
            Spelling.Library.Of(new CommandCall(command, operand is null ? [] : [operand], [new CommandOption(option)]))
        );

    private static TheoryData<string> Names(string type)
    {
        var table = Core.GetType(type, throwOnError: true)!;
        return [.. table.GetProperties(BindingFlags.Static | BindingFlags.Public).Select(p => NameOf(p.Name))];
    }

    private static IEnumerable<string> Table(string name) =>
        (
            (IReadOnlyDictionary<string, string>)
                Core.GetType("Migrations.LibrarySpelling", throwOnError: true)!
                    .GetField(name, BindingFlags.Static | BindingFlags.NonPublic)!
                    .GetValue(null)!
        ).Values;

    private static IEnumerable<SyntaxNode> Sources(params string[] projects) =>
        projects
            .SelectMany(project => SourceFile.All("src", project))
            .Select(f => CSharpSyntaxTree.ParseText(File.ReadAllText(f.Path)).GetRoot());

    private static IEnumerable<SyntaxNode> Engine() => Sources("Migrations.Core", "Migrations.Sqlite", "Migrations.PostgreSql");

    /// <summary>The holes of a source that begin with a command: <c>restore latest from</c>.</summary>
    private static IEnumerable<string> Calls(SyntaxNode root) =>
        root.DescendantNodes()
            .OfType<InterpolationSyntax>()
            .Select(hole => hole.Expression.ToString())
            .Where(text => text.StartsWith("Call.", StringComparison.Ordinal))
            .Select(text => string.Join(' ', Member().Matches(text).Select(m => NameOf(m.Groups["name"].Value))));

    private static string NameOf(string property) => Upper().Replace(property, "-$0").TrimStart('-').ToLowerInvariant();

    [GeneratedRegex(@"\bCall(Option)?\.(?<name>[A-Z]\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Member();

    [GeneratedRegex("[A-Z]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Upper();

    [GeneratedRegex(
        @"\bmigrations (status|history|up|down|reset|create|repair|baseline|backups|backup|verify|restore|prune|test|check|schema|diff)\b"
            + @"(?! (is|are|was|were)\b)|(?<![\w-]|\bpg_[a-z]+ )--[a-z]",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex OfCommandLine();
}
