using System.Text.RegularExpressions;

namespace Migrations.PowerShell;

/// <summary>The engine names the next command as the command line spells it; here it becomes the cmdlet that does the same.</summary>
internal static partial class NextStep
{
    private static readonly Dictionary<string, string> Cmdlets = new(StringComparer.Ordinal)
    {
        ["status"] = "Get-MigrationStatus",
        ["history"] = "Get-MigrationHistory",
        ["init"] = "Initialize-Database",
        ["run"] = "Invoke-DatabaseScript",
        ["up"] = "Invoke-Migration",
        ["down"] = "Undo-Migration",
        ["reset"] = "Undo-Migration -All",
        ["create"] = "New-Migration",
        ["repair"] = "Repair-MigrationHistory",
        ["baseline"] = "Set-MigrationBaseline",
        ["clear"] = "Clear-Database",
        ["fresh"] = "Clear-Database -Migrate",
        ["adopt"] = "Import-MigrationHistory",
        ["backup"] = "Backup-Database",
        ["backups"] = "Get-DatabaseBackup",
        ["verify"] = "Test-DatabaseBackup",
        ["restore"] = "Restore-Database",
        ["prune"] = "Remove-DatabaseBackup",
        ["test"] = "Test-Migration",
        ["check"] = "Test-SchemaIntegrity",
        ["schema"] = "Get-DatabaseSchema",
        ["diff --data"] = "Compare-Database",
        ["diff"] = "Compare-DatabaseSchema",
        ["copy"] = "Copy-Database",
        ["config --new"] = "New-MigrationConfiguration",
        ["config"] = "Get-MigrationConfiguration",
    };

    // The parameter of a command's operand, where the cmdlet does not take it by position.
    private static readonly Dictionary<string, string> Operands = new(StringComparer.Ordinal)
    {
        ["down"] = "-Name",
        ["repair"] = "-Name",
        ["baseline"] = "-Target",
        ["restore"] = "-Path",
    };

    // The parameters that are not called as the option is.
    private static readonly Dictionary<string, string> Parameters = new(StringComparer.Ordinal)
    {
        ["yes"] = "Force",
        ["exit-code"] = "Summary",
        ["backups"] = "BackupPath",
        ["report"] = "ReportPath",
        ["no-checks"] = "SkipChecks",
        ["sql"] = "AsSql",
        ["keep"] = "KeepFolder",
        ["config"] = "ConfigurationPath",
    };

    /// <summary>
    /// <c>migrations up --allow-out-of-order</c> becomes <c>Invoke-Migration -AllowOutOfOrder</c>. SQL comments (<c>-- text</c>) stay.
    /// </summary>
    public static string ForPowerShell(string text) => Option().Replace(Command().Replace(text, Cmdlet), Parameter);

    private static string Cmdlet(Match match)
    {
        var verb = match.Groups["verb"].Value;
        var operand = match.Groups["operand"].Value;
        return Cmdlets[verb] + (operand.Length > 0 && Operands.TryGetValue(verb, out var parameter) ? $" {parameter} " : operand);
    }

    private static string Parameter(Match match)
    {
        var name = match.Groups["name"].Value;
        return "-"
            + (
                Parameters.TryGetValue(name, out var other)
                    ? other
                    : string.Concat(name.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))
            );
    }

    [GeneratedRegex(
        @"\bmigrations (?<verb>status|history|init|run|up|down|reset|create|repair|baseline|adopt|backups|backup|verify"
            + @"|restore|prune|test|check|schema|diff --data|diff|copy|config --new|config)\b(?<operand> (?=[\w""']))?",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Command();

    // An option of one of PostgreSQL's own programs stays.
    [GeneratedRegex(
        @"(?<![\w-]|\bpg_[a-z]+ )--(?<name>[a-z]+(-[a-z]+)*)(?![\w-])",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Option();
}
