using Migrations.Events;

namespace Migrations.Linting;

/// <summary>Findings in sentences, so that every face says the same of them.</summary>
public static class LintText
{
    /// <summary>A finding in one line, without its place.</summary>
    public static string Line(LintFinding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return $"{finding.Message} {finding.Advice} [{finding.Rule}]";
    }

    /// <summary>A finding as a warning.</summary>
    public static WarningRaised Warning(LintFinding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return new WarningRaised(
            $"{finding.Location.ShownFile}:{finding.Line}: {finding.Message} {finding.NextStep} "
                + $"({finding.Rule}; {Call.Lint} shows the SQL.)"
        )
        {
            Location = finding.Location,
        };
    }
}
