using System.Collections.Concurrent;
using Migrations.Configuration;
using Migrations.Fleet;
using Xunit;

namespace Migrations.Core.Tests.Fleet;

/// <summary>How many databases are worked on at once, in which order, and when a run stops.</summary>
public sealed class FleetRunTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private readonly ConcurrentQueue<string> _begun = new();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task All_are_worked_on_and_no_more_at_once_than_allowed(int limit)
    {
        var (running, most) = (0, 0);
        var run = Of([.. Enumerable.Range(1, 20).Select(i => Member($"db{i}"))], new FleetOptions { ThrottleLimit = limit });
        await run.RunAsync(
            async member =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                Assert.InRange(Volatile.Read(ref running), 1, limit);
                await Task.Yield();
                Interlocked.Decrement(ref running);
                return Outcome(Began(member));
            },
            Token
        );
        Assert.Equal((20, 20), (_begun.Count, run.Completed));
        Assert.Empty(run.NotBegun);
        Assert.Null(run.Stopped);
        Assert.InRange(most, 1, limit);
        Assert.Equal("20 of 20 databases completed.", run.Summary);
    }

    [Fact]
    public async Task Work_may_end_at_once_with_the_same_task()
    {
        var run = Of([.. Enumerable.Range(1, 500).Select(i => Member($"db{i}"))], new FleetOptions { ThrottleLimit = 32 });
        var done = Task.FromResult(FleetOutcome.Completed);
        await run.RunAsync(_ => done, Token);
        Assert.Equal(500, run.Completed);
    }

    [Fact]
    public async Task As_many_as_allowed_are_worked_on_at_once()
    {
        using var all = new CountdownEvent(3);
        var run = Of([Member("a"), Member("b"), Member("c")], new FleetOptions { ThrottleLimit = 3 });
        await run.RunAsync(
            _ =>
            {
                all.Signal();
                return Task.FromResult(Outcome(all.Wait(TimeSpan.FromSeconds(30), Token)));
            },
            Token
        );
        Assert.Equal(3, run.Completed);
    }

    [Theory]
    [InlineData(1, 2, "2 databases were not worked on, because 2 failed: a, b.")]
    [InlineData(1, 3, null)]
    [InlineData(1, 1, "3 databases were not worked on, because one failed: a.")]
    public async Task After_so_many_failures_no_other_begins(int limit, int stopAfter, string? message)
    {
        var options = new FleetOptions { ThrottleLimit = limit, StopAfter = stopAfter };
        var run = Of([Member("a"), Member("b"), Member("c"), Member("d")], options);
        await run.RunAsync(member => Task.FromResult(Outcome(Began(member) && member.Target.Display is not ("a" or "b"))), Token);
        Assert.Equal(message, run.Stopped?.Message);
        Assert.Equal(message is null ? null : ErrorId.FleetStopped, run.Stopped?.Id);
    }

    [Theory]
    [InlineData("a", "One database was not worked on, because the canary failed: a.", "a,b")]
    [InlineData("c", null, "a,b,c")]
    public async Task The_first_must_be_completed_before_any_other_begins(string failing, string? stopped, string begun)
    {
        var run = Of([Member("a"), Member("b"), Member("c")], new FleetOptions { ThrottleLimit = 8, Canary = 2 });
        await run.RunAsync(
            async member =>
            {
                if (member.Target.Display is "c")
                    Assert.Equal(2, run.Completed);
                Began(member);
                await Task.Yield();
                return Outcome(member.Target.Display != failing);
            },
            Token
        );
        Assert.Equal(stopped, run.Stopped?.Message);
        Assert.Equal(begun, string.Join(',', _begun.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task A_server_gets_no_more_at_once_than_allowed_and_files_are_not_counted()
    {
        var running = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        FleetMember[] members =
        [
            .. Enumerable.Range(1, 6).Select(i => Member($"one{i}", server: "one:5432")),
            .. Enumerable.Range(1, 6).Select(i => Member($"file{i}")),
        ];
        var run = Of(members, new FleetOptions { ThrottleLimit = 8, ThrottlePerServer = 2 });
        await run.RunAsync(
            async member =>
            {
                var server = member.Target.Server ?? "";
                Assert.InRange(running.AddOrUpdate(server, 1, (_, n) => n + 1), 1, server.Length > 0 ? 2 : 8);
                await Task.Yield();
                running.AddOrUpdate(server, 0, (_, n) => n - 1);
                return Outcome(true);
            },
            Token
        );
        Assert.Equal(12, run.Completed);
    }

    [Theory]
    [InlineData(false, "a,b,c")]
    [InlineData(true, "c,b,a")]
    public async Task A_service_waits_for_those_that_it_depends_on(bool undoes, string order)
    {
        FleetMember[] members =
        [
            Member("a", service: "a"),
            Member("b", service: "b", after: ["a"]),
            Member("c", service: "c", after: ["a", "b"]),
        ];
        var turns = new ServiceTurns([.. members.Select(m => m.Database)], undoes);
        var run = new FleetRun(undoes ? [.. members.Reverse()] : members, turns, new FleetOptions { ThrottleLimit = 8 });
        await run.RunAsync(
            async member =>
            {
                await Task.Yield();
                return Outcome(Began(member));
            },
            Token
        );
        Assert.Equal(order, string.Join(',', _begun));
        Assert.Equal("3 of 3 services completed.", run.Summary);
    }

    [Fact]
    public async Task One_database_is_never_worked_on_twice_at_once()
    {
        var running = 0;
        var run = Of([.. Enumerable.Range(1, 5).Select(_ => Member("same"))], new FleetOptions { ThrottleLimit = 8 });
        await run.RunAsync(
            async _ =>
            {
                Assert.Equal(1, Interlocked.Increment(ref running));
                await Task.Yield();
                Interlocked.Decrement(ref running);
                return Outcome(true);
            },
            Token
        );
        Assert.Equal(5, run.Completed);
    }

    [Fact]
    public async Task Nothing_begins_after_a_cancellation()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var run = Of([Member("a"), Member("b"), Member("c")], new FleetOptions());
        await run.RunAsync(
            async member =>
            {
                await source.CancelAsync();
                return Outcome(Began(member));
            },
            source.Token
        );
        Assert.Equal(("a", 2), (Assert.Single(_begun), run.NotBegun.Count));
        Assert.Null(run.Stopped);
    }

    private bool Began(FleetMember member)
    {
        _begun.Enqueue(member.Target.Display);
        return true;
    }

    private static FleetOutcome Outcome(bool isCompleted) => isCompleted ? FleetOutcome.Completed : FleetOutcome.Failed(null);

    private static FleetRun Of(IReadOnlyList<FleetMember> members, FleetOptions options) =>
        new(members, new ServiceTurns([.. members.Select(m => m.Database)], undoes: false), options);

    private static FleetMember Member(string name, string? service = null, string[]? after = null, string? server = null) =>
        new(
            new SelectedDatabase
            {
                Database = name,
                BaseFolder = "/",
                Folder = "/",
                Service = service,
                DependsOn = after ?? [],
            },
            new DatabaseTarget("Test", name, name, name) { Server = server }
        );
}
