using Migrations.Backup;
using Xunit;

namespace Migrations.Core.Tests.Backup;

/// <summary>Which backups are kept, by table.</summary>
public sealed class RetentionTests
{
    // A Wednesday.
    private static readonly DateTimeOffset Now = new(2025, 10, 15, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Keep_last_keeps_so_many()
    {
        var backups = Days(0, 1, 2, 3, 4);
        Assert.Equal("0 1", Kept(backups, new RetentionPolicy { KeepLast = 2 }));
    }

    [Fact]
    public void Keep_days_keeps_the_younger_ones()
    {
        var backups = Days(0, 1, 6, 7, 8);
        Assert.Equal("0 1 6", Kept(backups, new RetentionPolicy { KeepDays = 7 }));
    }

    [Fact]
    public void Keep_daily_keeps_the_newest_of_a_day_and_counts_days_that_have_one()
    {
        DatabaseBackup[] backups =
        [
            At("late", Now),
            At("early", Now.AddHours(-3)),
            At("before", Now.AddDays(-5)),
            At("long before", Now.AddDays(-9)),
        ];
        Assert.Equal("late before", Kept(backups, new RetentionPolicy { KeepDaily = 2 }));
    }

    [Fact]
    public void Keep_weekly_begins_on_monday()
    {
        // Sunday the 12th is of last week, Monday the 13th of this one.
        DatabaseBackup[] backups =
        [
            At("wednesday", Now),
            At("monday", Now.AddDays(-2)),
            At("sunday", Now.AddDays(-3)),
            At("older", Now.AddDays(-20)),
        ];
        Assert.Equal("wednesday sunday", Kept(backups, new RetentionPolicy { KeepWeekly = 2 }));
    }

    [Fact]
    public void Keep_weekly_goes_over_the_end_of_a_year()
    {
        DatabaseBackup[] backups =
        [
            At("wednesday", new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero)),
            At("monday", new DateTimeOffset(2024, 12, 30, 0, 0, 0, TimeSpan.Zero)),
            At("sunday", new DateTimeOffset(2024, 12, 29, 0, 0, 0, TimeSpan.Zero)),
        ];
        Assert.Equal("wednesday sunday", Kept(backups, new RetentionPolicy { KeepWeekly = 5 }));
    }

    [Fact]
    public void Keep_monthly_keeps_the_newest_of_a_month()
    {
        var backups = Days(0, 14, 15, 45, 80);
        Assert.Equal("0 15 45", Kept(backups, new RetentionPolicy { KeepMonthly = 3 }));
    }

    [Fact]
    public void Rules_add_up()
    {
        var backups = Days(0, 1, 2, 10, 40);
        Assert.Equal(
            "0 1 10 40",
            Kept(
                backups,
                new RetentionPolicy
                {
                    KeepLast = 2,
                    KeepMonthly = 2,
                    KeepWeekly = 2,
                }
            )
        );
    }

    [Fact]
    public void The_newest_and_the_last_proven_stay_whatever_the_rules_say()
    {
        var backups = Days(0, 1, 2, 3, 4).ToList();
        backups[2] = backups[2] with { Proven = true };
        backups[4] = backups[4] with { Proven = true };
        var decisions = BackupRetention.Decide(backups, new RetentionPolicy { KeepLast = 1 }, Now);
        Assert.Equal("0 2", Names(decisions));
        Assert.Equal("the newest, one of the last 1", decisions[0].Reason);
        Assert.Equal("the last proven", decisions[2].Reason);
        Assert.Equal("kept by no rule", decisions[4].Reason);
    }

    [Fact]
    public void All_too_old_leaves_the_newest() => Assert.Equal("100", Kept(Days(100, 200, 300), new RetentionPolicy { KeepDays = 7 }));

    [Fact]
    public void More_days_than_there_are_keep_all() =>
        Assert.Equal("1 100 300", Kept(Days(1, 100, 300), new RetentionPolicy { KeepDays = int.MaxValue }));

    [Fact]
    public void Each_database_is_decided_for_itself()
    {
        DatabaseBackup[] backups = [.. Days(0, 1), .. Days(5, 6).Select(b => b with { Database = "other" })];
        Assert.Equal("0 5", Kept(backups, new RetentionPolicy { KeepLast = 1 }));
    }

    [Fact]
    public void What_is_not_sound_takes_nobodys_place_and_is_left_for_a_person()
    {
        DatabaseBackup[] backups = [At("odd", Now.AddDays(1)) with { Problem = "It has 3 bytes; its manifest says 4." }, .. Days(0, 1)];
        var decisions = BackupRetention.Decide(backups, new RetentionPolicy { KeepLast = 1 }, Now);
        Assert.Equal("odd 0", Names(decisions));
        Assert.Contains("3 bytes", decisions[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_whose_file_is_gone_goes_too()
    {
        DatabaseBackup[] backups =
        [
            At("gone", Now) with
            {
                Problem = "The file is missing; only its manifest exists.",
                IsGone = true,
            },
            .. Days(1),
        ];
        Assert.Equal("1", Kept(backups, new RetentionPolicy { KeepLast = 1 }));
    }

    [Fact]
    public void A_policy_that_says_nothing_is_refused()
    {
        var error = Assert.Throws<MigrationException>(() => BackupRetention.Decide(Days(0), new RetentionPolicy(), Now));
        Assert.Equal(ErrorId.UsageInvalid, error.Id);
    }

    private static DatabaseBackup At(string name, DateTimeOffset at) =>
        new()
        {
            Path = name,
            Database = "shop",
            Engine = "any",
            CreatedAt = at,
        };

    private static DatabaseBackup[] Days(params int[] ago) => [.. ago.Select(d => At(d.ToString(), Now.AddDays(-d)))];

    private static string Kept(IEnumerable<DatabaseBackup> backups, RetentionPolicy policy) =>
        Names(BackupRetention.Decide(backups, policy, Now));

    private static string Names(IEnumerable<RetentionDecision> decisions) =>
        string.Join(' ', decisions.Where(d => d.Keep).Select(d => d.Backup.Path));
}
