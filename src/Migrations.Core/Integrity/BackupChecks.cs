using System.Globalization;
using Migrations.Backup;
using Migrations.Databases;

namespace Migrations.Integrity;

/// <summary>Asks how old the newest proven backup is.</summary>
internal static class BackupChecks
{
    private static readonly Advice Way = $"Create one: {Call.Backup.With(CallOption.Destination.Of("<folder>")).With(CallOption.Prove)}";

    /// <summary>The answer for one database.</summary>
    public static async Task<CheckResult> AskAsync(
        IDatabaseDriver driver,
        DatabaseTarget target,
        CheckRequest request,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (request.BackupFolder is null)
            return Of(CheckStatus.NotRun, "No backup folder was specified.", actual: null, $"Specify it with {CallOption.Backups}.");
        var backups = await new BackupCatalogue([driver]).ReadAsync(request.BackupFolder, cancellationToken).ConfigureAwait(false);
        return Judge(BackupOrigin.Choose(backups.Where(b => b.Kept is null), target), request, now, target);
    }

    /// <summary>Judges the backups of one database. Pure.</summary>
    /// <param name="backups">The backups, newest first.</param>
    /// <param name="request">How old the newest proven one may be.</param>
    /// <param name="now">The time.</param>
    /// <param name="database">The database.</param>
    internal static CheckResult Judge(
        IReadOnlyList<DatabaseBackup> backups,
        CheckRequest request,
        DateTimeOffset now,
        DatabaseTarget database
    )
    {
        if (backups.Count == 0)
            return Of(CheckStatus.Fail, $"'{request.BackupFolder}' has no backup of {database.Display}.", "none", Way);
        if (backups.FirstOrDefault(b => b.Proven && !ListedBackup.IsFuture(b.CreatedAt, now)) is not { } proven)
            return Of(
                CheckStatus.Fail,
                $"No backup of {database.Display} in '{request.BackupFolder}' is proven.{Newest(backups)}{Odd(backups)}",
                "none proven",
                backups[0].Problem is null ? $"Prove the newest: {Call.Verify.On(backups[0].Path)}" : Way
            );
        var age = now - proven.CreatedAt;
        var sentence = string.Create(
            CultureInfo.InvariantCulture,
            $"The newest proven backup is {age.TotalHours:0.#} hours old: {proven.Path}{Host(proven, database)}"
        );
        return Of(
            age <= request.BackupAge ? CheckStatus.Pass : CheckStatus.Fail,
            sentence,
            Hours(age),
            age <= request.BackupAge ? null : Way
        ) with
        {
            Expected = "at most " + Hours(request.BackupAge),
        };
    }

    private static string Newest(IReadOnlyList<DatabaseBackup> backups) =>
        backups.FirstOrDefault(b => b.Problem is null) is { } newest ? $" The newest is '{Path.GetFileName(newest.Path)}'." : "";

    private static string Host(DatabaseBackup backup, DatabaseTarget database) =>
        BackupOrigin.OtherHost(backup, database) is { } host ? $" (made on another machine: '{host}')" : "";

    private static string Odd(IReadOnlyList<DatabaseBackup> backups) =>
        backups.FirstOrDefault(b => b.Problem is not null) is { } odd
            ? $" '{Path.GetFileName(odd.Path)}' is not counted: {odd.Problem}"
            : "";

    private static string Hours(TimeSpan age) => string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0.#} hours");

    private static CheckResult Of(CheckStatus status, string message, string? actual, Advice? recommendation) =>
        new()
        {
            Name = "backup-age",
            Category = CheckCategory.Backup,
            Status = status,
            Expected = "a proven one",
            Actual = actual,
            Message = message,
            NextStep = recommendation,
        };
}
