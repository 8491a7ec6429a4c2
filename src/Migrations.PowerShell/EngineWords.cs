using Migrations.Adoption;
using Migrations.Backup;
using Migrations.Integrity;

namespace Migrations.PowerShell;

/// <summary>What the engine returns may say what to do next: here it is said in cmdlets, whatever object says it.</summary>
internal static class EngineWords
{
    /// <summary>The same result, with cmdlets for commands.</summary>
    public static T ForPowerShell<T>(T result) =>
        result switch
        {
            CheckResult check => (T)(object)Of(check),
            BackupVerification verified => (T)(object)(verified with { Checks = Of(verified.Checks) }),
            RestoreResult restored => (T)(object)(restored with { Checks = Of(restored.Checks) }),
            RehearsalReport rehearsed => (T)
                (object)(rehearsed with { Results = [.. rehearsed.Results.Select(Of)], Checks = Of(rehearsed.Checks) }),
            AdoptionResult adopted => (T)(object)Of(adopted),
            IReadOnlyList<CheckResult> checks => (T)Of(checks),
            _ => result,
        };

    private static IReadOnlyList<CheckResult> Of(IReadOnlyList<CheckResult> checks) => checks.Select(Of).ToList();

    private static CheckResult Of(CheckResult check) =>
        check with
        {
            // What a declared check found is the database's words.
            Message = check.Category is CheckCategory.Declared ? check.Message : NextStep.ForPowerShell(check.Message),
            Recommendation = check.Recommendation is { } way ? NextStep.ForPowerShell(way) : null,
        };

    private static AdoptionResult Of(AdoptionResult result) =>
        result with
        {
            NotRun = result.NotRun is { } reason ? NextStep.ForPowerShell(reason) : null,
        };

    private static RehearsalResult Of(RehearsalResult result) =>
        result with
        {
            NotRun = result.NotRun is { } reason ? NextStep.ForPowerShell(reason) : null,
        };
}
