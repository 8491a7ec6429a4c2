namespace Migrations.PowerShell;

/// <summary>Commands and options as the module spells them: cmdlets with their parameters.</summary>
internal sealed class ModuleSpelling : Spelling
{
    /// <summary>The one that is needed.</summary>
    public static ModuleSpelling Instance { get; } = new();

    /// <summary>The cmdlet of each command that a text may name; of one with its first option, where that is another cmdlet.</summary>
    private static readonly Dictionary<string, string> Cmdlets = new(StringComparer.Ordinal)
    {
        ["adopt"] = "Import-MigrationHistory",
        ["backup"] = "Backup-Database",
        ["backups"] = "Get-DatabaseBackup",
        ["baseline"] = "Set-MigrationBaseline",
        ["check"] = "Test-SchemaIntegrity",
        ["config"] = "Get-MigrationConfiguration",
        ["config --new"] = "New-MigrationConfiguration",
        ["create"] = "New-Migration",
        ["squash"] = "Merge-Migration",
        ["diff"] = "Compare-DatabaseSchema",
        ["down"] = "Undo-Migration",
        ["fresh"] = "Clear-Database -Migrate",
        ["history"] = "Get-MigrationHistory",
        ["init"] = "Initialize-Database",
        ["lint"] = "Test-MigrationScript",
        ["prune"] = "Remove-DatabaseBackup",
        ["repair"] = "Repair-MigrationHistory",
        ["restore"] = "Restore-Database",
        ["run"] = "Invoke-DatabaseScript",
        ["script"] = "Export-MigrationScript",
        ["status"] = "Get-MigrationStatus",
        ["test"] = "Test-Migration",
        ["up"] = "Invoke-Migration",
        ["verify"] = "Test-DatabaseBackup",
    };

    // The parameter of a command's operand, where the cmdlet does not take it by position.
    private static readonly Dictionary<string, string> Operands = new(StringComparer.Ordinal)
    {
        ["baseline"] = "Target",
        ["down"] = "Name",
        ["repair"] = "Name",
        ["restore"] = "Path",
    };

    // The parameters that are not called as the option is.
    private static readonly Dictionary<string, string> Parameters = new(StringComparer.Ordinal)
    {
        ["backups"] = "BackupPath",
        ["config"] = "ConfigurationPath",
        ["sql"] = "SqlPath",
    };

    /// <inheritdoc/>
    public override string Of(CommandCall call)
    {
        var isOther = call.Options is [var first, ..] && Cmdlets.ContainsKey($"{call.Command} --{first.Name}");
        var cmdlet = Cmdlets[isOther ? $"{call.Command} --{call.Options[0].Name}" : call.Command];
        var parameter = Operands.TryGetValue(call.Command, out var name) ? $"-{name} " : "";
        return string.Join(
            ' ',
            call.Operands.Select(o => parameter + Word(o)).Concat(call.Options.Skip(isOther ? 1 : 0).Select(Of)).Prepend(cmdlet)
        );
    }

    /// <inheritdoc/>
    public override string Of(CommandOption option) => $"-{ParameterOf(option.Name)}{(option.Value is { } value ? " " + Word(value) : "")}";

    // In double quotes a dollar sign and a backtick are more than themselves.
    private static string Word(string value) =>
        IsPlain(value) ? value
        : value.IndexOfAny(['"', '$', '`']) < 0 ? $"\"{value}\""
        : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string ParameterOf(string option) =>
        Parameters.TryGetValue(option, out var other)
            ? other
            : string.Concat(option.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
