using System.CommandLine;
using System.Text.RegularExpressions;
using Migrations.Cli.Commands;
using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Architecture.Tests;

/// <summary>
/// One thing has one name in both faces: an option is a parameter of the same words, and what differs stands in a table of the
/// documentation, row by row.
/// </summary>
public sealed partial class FacesTests
{
    private static readonly GlobalOptions Shared = new();
    private static readonly RootCommand CommandLine = CommandTree.Create(Shared, new Terminal());

    /// <summary>The cmdlets of each command; none where the module needs none.</summary>
    private static readonly Dictionary<string, string[]> Cmdlets = new(StringComparer.Ordinal)
    {
        ["adopt"] = ["Import-MigrationHistory"],
        ["backup"] = ["Backup-Database"],
        ["backups"] = ["Get-DatabaseBackup"],
        ["baseline"] = ["Set-MigrationBaseline"],
        ["check"] = ["Test-SchemaIntegrity"],
        ["clear"] = ["Clear-Database"],
        ["completion"] = [],
        ["config"] = ["Get-MigrationConfiguration", "New-MigrationConfiguration"],
        ["copy"] = ["Copy-Database"],
        ["create"] = ["New-Migration"],
        ["diff"] = ["Compare-DatabaseSchema", "Compare-Database"],
        ["down"] = ["Undo-Migration"],
        ["fresh"] = ["Clear-Database"],
        ["help"] = [],
        ["history"] = ["Get-MigrationHistory"],
        ["init"] = ["Initialize-Database"],
        ["lint"] = ["Test-MigrationScript"],
        ["merge-results"] = ["Merge-MigrationResult"],
        ["prune"] = ["Remove-DatabaseBackup"],
        ["repair"] = ["Repair-MigrationHistory"],
        ["report"] = ["Export-MigrationReport"],
        ["reset"] = ["Undo-Migration"],
        ["restore"] = ["Restore-Database"],
        ["run"] = ["Invoke-DatabaseScript"],
        ["schema"] = ["Get-DatabaseSchema"],
        ["script"] = ["Export-MigrationScript"],
        ["squash"] = ["Merge-Migration"],
        ["status"] = ["Get-MigrationStatus"],
        ["test"] = ["Test-Migration"],
        ["up"] = ["Invoke-Migration"],
        ["verify"] = ["Test-DatabaseBackup"],
        ["version"] = [],
    };

    public static TheoryData<string> Commands => [.. CommandLine.Subcommands.Select(c => c.Name)];

    [Theory, MemberData(nameof(Commands))]
    public void An_option_of_a_command_is_a_parameter_of_its_cmdlet(string name)
    {
        Assert.True(Cmdlets.TryGetValue(name, out var cmdlets), $"{name} has no cmdlet in the list of this test.");
        if (cmdlets.Length == 0)
            return;
        var parameters = cmdlets.SelectMany(c => CmdletSources.ParametersOf(CmdletSources.ClassOf(c))).ToHashSet(StringComparer.Ordinal);
        Assert.True(parameters.Count > 1, $"{string.Join(", ", cmdlets)}: no parameters were found.");
        foreach (var option in CommandLine.Subcommands.Single(c => c.Name == name).Options.Select(o => o.Name))
            AssertNamed(option, name, parameters);
    }

    [Fact]
    public void An_option_that_commands_share_is_a_parameter_that_cmdlets_share()
    {
        var parameters = Cmdlets
            .Values.SelectMany(c => c)
            .SelectMany(c => CmdletSources.ParametersOf(CmdletSources.ClassOf(c)))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var option in Shared.Groups.SelectMany(g => g.Options).Select(o => o.Name))
            AssertNamed(option, command: null, parameters);
    }

    [Fact]
    public void Each_row_of_the_table_is_of_an_option_that_there_is()
    {
        var commands = CommandLine.Subcommands.ToDictionary(
            c => c.Name,
            c => c.Options.Select(o => o.Name).ToList(),
            StringComparer.Ordinal
        );
        var shared = Shared.Groups.SelectMany(g => g.Options).Select(o => o.Name).ToList();
        Assert.NotEmpty(Table());
        Assert.All(
            Table().Keys,
            row => Assert.Contains(row.Option, row.Command is null ? shared : commands[row.Command], StringComparer.Ordinal)
        );
    }

    // A few cmdlets may have a parameter that is called like an option of all commands, and means something else.
    private static void AssertNamed(string option, string? command, HashSet<string> parameters)
    {
        var own = string.Concat(option.TrimStart('-').Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        if (!Table().TryGetValue((option, command), out var other))
            Assert.True(parameters.Contains(own), $"{command} {option}: there is no -{own}, and no row in docs/powershell.md.");
        else if (Parameter().Match(other) is { Success: true } named)
            Assert.Contains(named.Groups["name"].Value, parameters);
        else if (command is not null)
            Assert.DoesNotContain(own, parameters);
    }

    /// <summary>What the documentation says of options that are called otherwise: of one command, or of all.</summary>
    private static Dictionary<(string Option, string? Command), string> Table() =>
        File.ReadLines(Repository.PathOf("docs", "powershell.md"))
            .Select(line => Row().Match(line))
            .Where(row => row.Success)
            .ToDictionary(
                row => (row.Groups["option"].Value, row.Groups["command"] is { Success: true, Value: var command } ? command : null),
                row => row.Groups["other"].Value
            );

    [GeneratedRegex(
        @"^\| `((?<command>[a-z-]+) )?(?<option>--[a-z-]+)` \| (?<other>.*) \|$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Row();

    [GeneratedRegex("^`-(?<name>[A-Z][A-Za-z]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();
}
