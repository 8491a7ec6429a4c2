using System.Globalization;
using Migrations.Configuration;

namespace Migrations.Backup;

/// <summary>Decides which backups are kept. Looks at nothing but what it is given.</summary>
public static class BackupRetention
{
    /// <summary>
    /// Decides for each backup, each database for itself; a file, or a server on the loopback, is another database on each machine. The
    /// newest and the last proven one of a database are never removed, nor is what
    /// is not known to be a sound backup of ours: such a file takes no other's place either.
    /// </summary>
    /// <param name="backups">The backups, in any order.</param>
    /// <param name="policy">What is kept.</param>
    /// <param name="now">The time from which days are counted.</param>
    /// <returns>A decision for each backup, newest first; then for each state that a restore kept.</returns>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: the policy says nothing.</exception>
    public static IReadOnlyList<RetentionDecision> Decide(IEnumerable<DatabaseBackup> backups, RetentionPolicy policy, DateTimeOffset now)
    {
        if (policy.IsEmpty)
        {
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "No retention rule was specified.",
                $"Specify {CallOption.KeepLast}, {CallOption.KeepDays}, {CallOption.KeepDaily}, {CallOption.KeepWeekly} or "
                    + $"{CallOption.KeepMonthly}; they can be combined. {CallOption.KeepStates} only applies to the states that "
                    + $"restores kept."
            );
        }

        return
        [
            .. backups
                .GroupBy(b =>
                    (
                        Origin: OriginOf(b, policy),
                        Sound: b.Problem is null && !ListedBackup.IsFuture(b.CreatedAt, now),
                        IsKept: b.Kept is not null
                    )
                )
                .SelectMany(group =>
                    !group.Key.Sound ? group.Select(DecideUnsound)
                    : group.Key.IsKept ? DecideKept([.. NewestFirst(group)], policy)
                    : DecideSound([.. NewestFirst(group)], policy, now, group.Key.Origin.Host)
                )
                .OrderBy(d => d.Backup.Kept is not null)
                .ThenByDescending(d => d.Backup.CreatedAt)
                .ThenByDescending(d => d.Backup.Path, StringComparer.Ordinal),
        ];
    }

    /// <summary>Refuses to remove backups of databases of another environment.</summary>
    /// <param name="decisions">What was decided.</param>
    /// <param name="expected">Which stamp the removed ones may have.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.StampDiffers"/></exception>
    public static void DemandStamps(IEnumerable<RetentionDecision> decisions, ExpectedStamp expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        foreach (var decision in decisions.Where(d => !d.Keep))
            expected.Demand(decision.Backup.Stamp, $"The backup '{decision.Backup.Path}' of {decision.Backup.Database}");
    }

    private static BackupOrigin OriginOf(DatabaseBackup backup, RetentionPolicy policy) =>
        policy.AnyHost ? BackupOrigin.Of(backup) with { Host = "" } : BackupOrigin.Of(backup);

    private static IOrderedEnumerable<DatabaseBackup> NewestFirst(IEnumerable<DatabaseBackup> backups) =>
        backups.OrderByDescending(b => b.CreatedAt).ThenByDescending(b => b.Path, StringComparer.Ordinal);

    /// <summary>Of a manifest whose file is gone nothing can be lost; anything else that is odd is for a person to look at.</summary>
    private static RetentionDecision DecideUnsound(DatabaseBackup backup) =>
        backup.IsGone
            ? new RetentionDecision(backup, Keep: false, "its file is missing")
            : new RetentionDecision(backup, Keep: true, "needs attention: " + (backup.Problem ?? "It is dated in the future."));

    private static IEnumerable<RetentionDecision> DecideKept(IReadOnlyList<DatabaseBackup> states, RetentionPolicy policy) =>
        states.Select(
            (state, i) =>
                policy.KeepStates is not { } count
                    ? new RetentionDecision(state, Keep: true, "a state that a restore kept; no rule for kept states was given")
                : i < count ? new RetentionDecision(state, Keep: true, $"one of the last {count} kept states")
                : new RetentionDecision(state, Keep: false, "an older kept state")
        );

    private static IEnumerable<RetentionDecision> DecideSound(
        IReadOnlyList<DatabaseBackup> backups,
        RetentionPolicy policy,
        DateTimeOffset now,
        string host
    )
    {
        var reasons = backups.ToDictionary(
            b => b,
            _ => new List<string>(),
            (IEqualityComparer<DatabaseBackup>)ReferenceEqualityComparer.Instance
        );
        var isOther = host.Length > 0 && !string.Equals(host, Environment.MachineName, StringComparison.Ordinal);
        reasons[backups[0]].Add(isOther ? $"the newest from the machine '{host}'" : "the newest");
        if (backups.FirstOrDefault(b => b.Proven) is { } proven)
            reasons[proven].Add("the last proven");
        foreach (var backup in backups.Where(_ => policy.IsEmptyForBackups))
            reasons[backup].Add("no rule applies to backups");
        foreach (var backup in backups.Take(policy.KeepLast ?? 0))
            reasons[backup].Add($"one of the last {policy.KeepLast}");
        foreach (var backup in backups.Where(b => policy.KeepDays is { } days && (now - b.CreatedAt).TotalDays < days))
            reasons[backup].Add($"younger than {policy.KeepDays} days");
        AddNewestOfEach(
            reasons,
            backups,
            policy.KeepDaily,
            "day",
            at => DateOnly.FromDateTime(at).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        );
        AddNewestOfEach(
            reasons,
            backups,
            policy.KeepWeekly,
            "week",
            at => string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(at)}-W{ISOWeek.GetWeekOfYear(at):00}")
        );
        AddNewestOfEach(reasons, backups, policy.KeepMonthly, "month", at => at.ToString("yyyy-MM", CultureInfo.InvariantCulture));
        return backups.Select(b =>
            reasons[b] is { Count: > 0 } why
                ? new RetentionDecision(b, Keep: true, string.Join(", ", why))
                : new RetentionDecision(b, Keep: false, "kept by no rule")
        );
    }

    private static void AddNewestOfEach(
        Dictionary<DatabaseBackup, List<string>> reasons,
        IReadOnlyList<DatabaseBackup> newestFirst,
        int? count,
        string unit,
        Func<DateTime, string> period
    )
    {
        foreach (var group in newestFirst.GroupBy(b => period(b.CreatedAt.UtcDateTime), StringComparer.Ordinal).Take(count ?? 0))
            reasons[group.First()].Add($"the newest of {unit} {group.Key}");
    }
}
