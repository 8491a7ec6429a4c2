using Migrations.Backup;
using Migrations.Integrity;
using Migrations.Linting;
using Migrations.Reporting;

namespace Migrations.PowerShell;

/// <summary>The checks that the engine returns say what to do next: here it is said in cmdlets, whatever object holds them.</summary>
internal static class EngineWords
{
    /// <summary>The same result, with cmdlets for commands.</summary>
    public static T ForPowerShell<T>(T result) =>
        result switch
        {
            CheckResult check => (T)(object)Of(check),
            BackupVerification verified => (T)(object)(verified with { Checks = Of(verified.Checks) }),
            RestoreResult restored => (T)(object)(restored with { Checks = Of(restored.Checks) }),
            DatabaseReport { Checks: { } checks } report => (T)(object)(report with { Checks = Of(checks) }),
            RehearsalReport rehearsed => (T)(object)(rehearsed with { Checks = Of(rehearsed.Checks) }),
            IReadOnlyList<CheckResult> several => (T)Of(several),
            IReadOnlyList<LintFinding> findings => (T)Of(findings),
            _ => result,
        };

    private static IReadOnlyList<CheckResult> Of(IReadOnlyList<CheckResult> checks) => checks.Select(Of).ToList();

    private static IReadOnlyList<LintFinding> Of(IReadOnlyList<LintFinding> findings) =>
        findings.Select(f => f with { NextStep = f.NextStep.Spell(ModuleSpelling.Instance) }).ToList();

    private static CheckResult Of(CheckResult check) => check with { NextStep = check.NextStep?.Spell(ModuleSpelling.Instance) };
}
