using Migrations.Testing;

namespace Migrations.Databases.Tests.Outside;

/// <summary>What a killed run leaves behind is named by <c>check</c> and removed by the next run; what is in use is neither.</summary>
public abstract class LeftoverConformance : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>A statement that runs for minutes.</summary>
    protected abstract string SlowStatement { get; }

    /// <summary>A folder for the temporary files of the commands of one test.</summary>
    protected string Temporary => Directory.CreateDirectory(_folder["temporary"]).FullName;

    [Fact]
    public async Task A_killed_rehearsal_is_named_and_then_removed()
    {
        await using var database = await CreateAsync();
        _folder.Write("migrations/001_first.sql", "SELECT 1;\n");
        Assert.Equal(0, (await RunAsync(database, "baseline", "001")).ExitCode);
        _folder.Write("migrations/002_slow.sql", SlowStatement + ";\n");
        string name;
        using (var rehearsal = CliProcess.Start(Call(database, "test")))
        {
            name = await WaitForScratchAsync();
            Assert.Contains("no killed run", (await CheckAsync(database)).ToLowerInvariant(), StringComparison.Ordinal);
            rehearsal.Kill();
            await rehearsal.WaitAsync();
        }

        await WaitUntilAsync(async () => (await CheckAsync(database)).Contains(name, StringComparison.Ordinal));
        Assert.True(await ExistsAsync(name));
        File.Delete(_folder["migrations/002_slow.sql"]);
        _folder.Write("migrations/002_quick.sql", "CREATE TABLE quick (id integer);\n");

        Assert.Equal(0, (await RunAsync(database, "test")).ExitCode);

        Assert.False(await ExistsAsync(name));
        Assert.Contains("No killed run", await CheckAsync(database), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _folder.Dispose();

    protected abstract Task<TestDatabase> CreateAsync();

    /// <summary>The scratch databases that there are now.</summary>
    protected abstract Task<IReadOnlyList<string>> ScratchDatabasesAsync();

    protected static async Task WaitUntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
            await Task.Delay(50, limit.Token);
    }

    private async Task<bool> ExistsAsync(string name) => (await ScratchDatabasesAsync()).Contains(name);

    private async Task<string> WaitForScratchAsync()
    {
        IReadOnlyList<string> found = [];
        await WaitUntilAsync(async () => (found = await ScratchDatabasesAsync()).Count > 0);
        return Assert.Single(found);
    }

    /// <summary>What <c>check</c> says of leftovers.</summary>
    private async Task<string> CheckAsync(TestDatabase database)
    {
        var result = await RunAsync(database, "check", "--category", "engine", "--output", "json");
        return result
            .Json.EnumerateArray()
            .Single(c => c.GetProperty("name").GetString() == "leftovers")
            .GetProperty("message")
            .GetString()!;
    }

    private Task<CliResult> RunAsync(TestDatabase database, params string[] arguments) => CliProcess.RunAsync(Call(database, arguments));

    private CliCall Call(TestDatabase database, params string[] arguments) =>
        new()
        {
            Arguments = [.. arguments, "--database", database.Address, "--path", _folder["migrations"]],
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["TMPDIR"] = Temporary },
        };
}
