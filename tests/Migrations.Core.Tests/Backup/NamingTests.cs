using Migrations.Backup;
using Xunit;

namespace Migrations.Core.Tests.Backup;

/// <summary>What backups are called.</summary>
public sealed class NamingTests
{
    private static readonly DateTimeOffset At = new(2025, 3, 1, 10, 30, 22, TimeSpan.FromHours(2));

    [Theory]
    [InlineData("shop.db", "shop")]
    [InlineData("shop", "shop")]
    [InlineData("shop.sqlite", "shop.sqlite")]
    [InlineData(".db", "db")]
    [InlineData("täglich", "täglich")]
    [InlineData("日本", "日本")]
    [InlineData("../../etc/passwd", "_.._etc_passwd")]
    [InlineData("-rf", "rf")]
    [InlineData("a b;c|d\n\"e'f$(g)\0", "a_b_c_d__e_f__g__")]
    [InlineData("C:\\x", "C__x")]
    [InlineData(":memory:", "_memory_")]
    [InlineData("..", "database")]
    [InlineData("", "database")]
    public void A_database_gives_a_safe_name_with_the_time_in_utc(string database, string expected) =>
        Assert.Equal(expected + "_20250301_083022", BackupNaming.Stem(database, ".db", At));

    [Fact]
    public void A_long_name_is_cut() =>
        Assert.Equal(100 + "_20250301_083022".Length, BackupNaming.Stem(new string('x', 5000), ".db", At).Length);

    [Fact]
    public void A_long_name_of_any_script_leaves_room_for_what_follows_it() =>
        Assert.Equal(new string('日', 33) + "_20250301_083022", BackupNaming.Stem(new string('日', 80), ".db", At));

    [Theory]
    [InlineData("shop_20250301_083022.db", true)]
    [InlineData("shop_20250301_083022_2.dump.gz", true)]
    [InlineData("shop_20250301_083022_before_restore.db", false)]
    [InlineData("shop_20250301_083022.db.globals.sql", false)]
    [InlineData("README.md", false)]
    public void Names_of_ours_are_known(string name, bool ours) => Assert.Equal(ours, BackupNaming.IsBackupName(name));
}
