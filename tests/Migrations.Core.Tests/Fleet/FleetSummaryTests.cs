using Migrations.Fleet;
using Xunit;

namespace Migrations.Core.Tests.Fleet;

/// <summary>When the results of a fleet's shares can be put together, and what comes of it.</summary>
public sealed class FleetSummaryTests
{
    [Fact]
    public void Shares_are_put_together_in_their_order()
    {
        var summary = FleetSummary.Merge([("b", Result(2, 2, Row("c"))), ("a", Result(1, 2, Row("a"), Row("b")))]);
        Assert.Equal(["a", "b", "c"], summary.Databases.Select(d => d.Database));
        Assert.Equal("3 of 3 databases completed in 2 shards.", summary.Text);
        Assert.True(summary.IsComplete);
        Assert.Null(summary.Failure);
    }

    [Fact]
    public void What_failed_and_what_no_call_came_to_is_an_error()
    {
        var summary = FleetSummary.Merge([("a", Result(1, 1, Row("a"), Row("b", FleetState.Failed), Row("c", FleetState.NotBegun)))]);
        Assert.Equal("1 of 3 databases completed in 1 shard; 1 failed; 1 not worked on.", summary.Text);
        Assert.Equal(ErrorId.ResultsIncomplete, summary.Failure!.Id);
        Assert.Equal("2 databases not completed: b, c.", summary.Failure.Message);
    }

    [Fact]
    public void Of_a_share_that_ran_twice_the_newest_result_counts()
    {
        var first = Result(1, 1, Row("a", FleetState.Failed), Row("b"), Row("c"));
        var again = Result(1, 1, Row("a"), Row("b"), Row("c")) with { Began = first.Began.AddMinutes(1) };
        Assert.True(FleetSummary.Merge([("again", again), ("first", first)]).IsComplete);
    }

    [Theory]
    [InlineData("The result of the shard 2/3 is missing.", false)]
    [InlineData("'a' and 'b' are of different lists of databases.", true)]
    public void A_missing_share_and_another_list_are_errors(string message, bool isOtherList)
    {
        var other = Result(3, 3, Row("c"));
        var error = Assert.Throws<MigrationException>(() =>
            FleetSummary.Merge([("a", Result(1, 3, Row("a"))), ("b", isOtherList ? other with { ListDigest = "other" } : other)])
        );
        Assert.Equal((ErrorId.ResultsIncomplete, message), (error.Id, error.Message));
    }

    [Fact]
    public void Results_of_other_commands_and_other_numbers_of_shares_are_errors()
    {
        var one = Result(1, 2, Row("a"));
        Assert.Equal("There is no result to merge.", Message([]));
        Assert.Equal("'a' is of the command up, 'b' of down.", Message([("a", one), ("b", one with { Shard = 2, Command = "down" })]));
        Assert.Equal("'a' is one of 2 shards, 'b' one of 4 shards.", Message([("a", one), ("b", Result(2, 4, Row("b")))]));
        Assert.Equal("The shards have 2 databases together, and the list has 3.", Message([("a", one), ("b", Result(2, 2, Row("b")))]));
        Assert.Equal(
            "a is in the results of several shards, so that others are in none.",
            Message([("a", one), ("b", Result(2, 2, Row("a"), Row("b")))])
        );

        static string Message((string, FleetResult)[] results) =>
            Assert.Throws<MigrationException>(() => FleetSummary.Merge(results)).Message;
    }

    private static FleetResult Result(int shard, int shards, params FleetResultRow[] rows) =>
        new()
        {
            Command = "up",
            Shard = shard,
            Shards = shards,
            Listed = 3,
            ListDigest = "list",
            Began = DateTimeOffset.UnixEpoch,
            DurationMs = 1,
            Databases = rows,
        };

    private static FleetResultRow Row(string database, FleetState state = FleetState.Completed) =>
        new() { Database = database, State = state };
}
