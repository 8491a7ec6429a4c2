using Migrations.Running;
using Xunit;

namespace Migrations.Core.Tests;

public sealed class RetryPauseTests
{
    [Fact]
    public void Pauses_grow_up_to_a_limit_and_are_never_all_the_same()
    {
        var longest = Enumerable.Range(1, 10).Select(attempt => Enumerable.Range(0, 200).Max(_ => RetryPause.After(attempt))).ToList();
        for (var i = 1; i < 5; i++)
            Assert.True(longest[i] > longest[i - 1], $"{longest[i]} after {longest[i - 1]}");
        Assert.All(longest, pause => Assert.InRange(pause, TimeSpan.FromMilliseconds(125), TimeSpan.FromSeconds(15)));
        Assert.True(Enumerable.Range(0, 50).Select(_ => RetryPause.After(3)).Distinct().Count() > 10);
    }
}
