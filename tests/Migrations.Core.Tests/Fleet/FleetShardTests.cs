using Migrations.Configuration;
using Migrations.Fleet;
using Xunit;

namespace Migrations.Core.Tests.Fleet;

/// <summary>Which share of a fleet a database belongs to.</summary>
public sealed class FleetShardTests
{
    [Theory]
    [InlineData("1/1", 1, 1)]
    [InlineData("3/8", 3, 8)]
    [InlineData("8/8", 8, 8)]
    public void A_share_is_read(string text, int position, int total)
    {
        var shard = FleetShard.Parse(text, _ => null);
        Assert.Equal((position, total, text), (shard.Position, shard.Total, shard.ToString()));
    }

    [Theory]
    [InlineData("0/8")]
    [InlineData("9/8")]
    [InlineData("-1/8")]
    [InlineData("1/0")]
    [InlineData("1")]
    [InlineData("1/2/3")]
    [InlineData("a/b")]
    [InlineData(" 1/8")]
    [InlineData("99999999999/99999999999")]
    public void Anything_else_is_refused(string text)
    {
        var error = Assert.Throws<MigrationException>(() => FleetShard.Parse(text, _ => null));
        Assert.Equal(ErrorId.UsageInvalid, error.Id);
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SYSTEM_JOBPOSITIONINPHASE", "SYSTEM_TOTALJOBSINPHASE", "2", "5", "2/5")]
    [InlineData("CI_NODE_INDEX", "CI_NODE_TOTAL", "5", "5", "5/5")]
    [InlineData("CI_NODE_INDEX", "CI_NODE_TOTAL", "0", "5", null)]
    [InlineData("CI_NODE_INDEX", "CI_NODE_OTHER", "1", "5", null)]
    public void A_build_service_names_it(string positionName, string totalName, string position, string total, string? expected)
    {
        string? Variable(string name) =>
            name == positionName ? position
            : name == totalName ? total
            : null;
        if (expected is not null)
            Assert.Equal(expected, FleetShard.Parse("auto", Variable).ToString());
        else
            Assert.Equal(ErrorId.UsageInvalid, Assert.Throws<MigrationException>(() => FleetShard.Parse("auto", Variable)).Id);
    }

    [Fact]
    public void Each_database_belongs_to_one_share_and_the_shares_are_about_alike()
    {
        var targets = Targets(1000);
        var counts = Shares(8).Select(s => targets.Count(s.Takes)).ToList();
        Assert.Equal(1000, counts.Sum());
        Assert.All(counts, count => Assert.InRange(count, 85, 165));
        Assert.All(targets, target => Assert.Single(Shares(8), s => s.Takes(target)));
    }

    [Fact]
    public void With_one_share_more_only_its_own_databases_move()
    {
        var targets = Targets(1000);
        var (eight, nine) = (Shares(8), Shares(9));
        var moved = targets.Where(t => Position(eight, t) != Position(nine, t)).ToList();
        Assert.All(moved, t => Assert.Equal(9, Position(nine, t)));
        Assert.InRange(moved.Count, 60, 170);

        static int Position(FleetShard[] shares, DatabaseTarget target) => shares.Single(s => s.Takes(target)).Position;
    }

    [Fact]
    public void Who_connects_makes_no_difference()
    {
        var one = new DatabaseTarget("PostgreSQL", "postgres://ada@db:5432/shop", "shop", "Host=db;Username=ada") { Server = "db:5432" };
        var other = new DatabaseTarget("PostgreSQL", "postgres://bob@db:5432/shop", "shop", "Host=db;Username=bob") { Server = "db:5432" };
        Assert.Equal(FleetShard.IdentityOf(one), FleetShard.IdentityOf(other));
    }

    [Fact]
    public void Services_that_depend_on_one_another_are_not_spread()
    {
        var members = new[] { Member("api", []), Member("scores", ["api"]) };
        var turns = new ServiceTurns([.. members.Select(m => m.Database)], undoes: false);
        var error = Assert.Throws<MigrationException>(() => FleetShard.Parse("1/2", _ => null).Of(members, turns));
        Assert.Equal(ErrorId.UsageInvalid, error.Id);
        Assert.StartsWith("The service 'scores' depends on another one of the call", error.Message, StringComparison.Ordinal);
    }

    private static FleetShard[] Shares(int total) =>
        [.. Enumerable.Range(1, total).Select(i => FleetShard.Parse($"{i}/{total}", _ => null))];

    private static List<DatabaseTarget> Targets(int count) =>
        [.. Enumerable.Range(1, count).Select(i => new DatabaseTarget("SQLite", $"/srv/tenants/{i}.db", $"{i}.db", $"Data Source={i}"))];

    private static FleetMember Member(string service, string[] dependsOn) =>
        new(
            new SelectedDatabase
            {
                Database = service,
                BaseFolder = "/",
                Folder = "/",
                Service = service,
                DependsOn = dependsOn,
            },
            new DatabaseTarget("SQLite", service, service, service)
        );
}
