using FsCheck;
using FsCheck.Fluent;
using Migrations.Backup;
using Xunit;

namespace Migrations.Core.Tests.Backup;

/// <summary>What holds for every folder of backups and every policy.</summary>
public sealed class RetentionProperties
{
    private static readonly DateTimeOffset Now = new(2025, 10, 15, 12, 0, 0, TimeSpan.Zero);

    private static readonly Gen<DatabaseBackup> Backups =
        from hours in Gen.Choose(0, 24 * 400)
        from database in Gen.Elements("a", "b")
        from proven in Gen.Elements(true, false, false)
        from sound in Gen.Elements(true, true, true, false)
        from id in Gen.Choose(0, int.MaxValue)
        select new DatabaseBackup
        {
            Path = id.ToString(),
            Database = database,
            Engine = "any",
            CreatedAt = Now.AddHours(-hours),
            Proven = proven && sound,
            Problem = sound ? null : "odd",
        };

    private static readonly Gen<int?> Count = Gen.Frequency((1, Gen.Constant<int?>(null)), (1, Gen.Choose(1, 6).Select(n => (int?)n)));

    private static readonly Gen<RetentionPolicy> Policies =
        from last in Gen.Choose(1, 6)
        from days in Count
        from daily in Count
        from weekly in Count
        from monthly in Count
        from withLast in Gen.Elements(true, false)
        select new RetentionPolicy
        {
            KeepLast = withLast || (days ?? daily ?? weekly ?? monthly) is null ? last : null,
            KeepDays = days,
            KeepDaily = daily,
            KeepWeekly = weekly,
            KeepMonthly = monthly,
        };

    private static readonly Arbitrary<(DatabaseBackup[] Backups, RetentionPolicy Policy)> Cases = (
        from backups in Backups.ArrayOf()
        from policy in Policies
        select (backups, policy)
    ).ToArbitrary();

    [Fact]
    public void Every_backup_gets_one_decision() =>
        Holds(
            (backups, decisions) =>
                decisions
                    .Select(d => d.Backup.Path)
                    .Order(StringComparer.Ordinal)
                    .SequenceEqual(backups.Select(b => b.Path).Order(StringComparer.Ordinal))
        );

    [Fact]
    public void The_newest_of_each_database_stays() =>
        Holds(
            (backups, decisions) =>
                backups
                    .Where(b => b.Problem is null)
                    .GroupBy(b => b.Database)
                    .All(g => decisions.Any(d => d.Keep && d.Backup.Database == g.Key && d.Backup.CreatedAt == g.Max(b => b.CreatedAt)))
        );

    [Fact]
    public void The_last_proven_of_each_database_stays() =>
        Holds(
            (backups, decisions) =>
                backups
                    .Where(b => b.Proven)
                    .GroupBy(b => b.Database)
                    .All(g =>
                        decisions.Any(d =>
                            d.Keep && d.Backup.Proven && d.Backup.Database == g.Key && d.Backup.CreatedAt == g.Max(b => b.CreatedAt)
                        )
                    )
        );

    [Fact]
    public void Nothing_that_is_not_sound_is_removed() => Holds((_, decisions) => decisions.All(d => d.Keep || d.Backup.Problem is null));

    [Fact]
    public void A_second_pruning_removes_nothing_more() =>
        Prop.ForAll(
                Cases,
                c =>
                {
                    var kept = BackupRetention.Decide(c.Backups, c.Policy, Now).Where(d => d.Keep).Select(d => d.Backup).ToList();
                    return BackupRetention.Decide(kept, c.Policy, Now).All(d => d.Keep);
                }
            )
            .QuickCheckThrowOnFailure();

    private static void Holds(Func<DatabaseBackup[], IReadOnlyList<RetentionDecision>, bool> property) =>
        Prop.ForAll(Cases, c => property(c.Backups, BackupRetention.Decide(c.Backups, c.Policy, Now))).QuickCheckThrowOnFailure();
}
