using System.Diagnostics;

namespace Migrations.Stress;

/// <summary>The command as a process on one database and folder, and how long it usually takes, so that it can be hit at a random moment.</summary>
internal sealed class Command
{
    private TimeSpan _start;
    private TimeSpan _total;

    /// <summary>Runs the command once undisturbed, and remembers when it began to work and when it ended.</summary>
    public async Task MeasureAsync(Engine engine, TestDatabase database, string folder)
    {
        // The first run of a machine reads the program from disk.
        await RunAsync(Call(database, folder, "status"));
        var clock = Stopwatch.StartNew();
        using var process = CliProcess.Start(Call(database, folder, "up"));
        await process.WaitForAsync("Applying");
        _start = clock.Elapsed;
        Succeeded(await process.WaitAsync());
        _total = clock.Elapsed;
        await engine.UntilGoneAsync(database);
    }

    /// <summary>A moment between shortly before the work begins and shortly after it usually ends.</summary>
    public TimeSpan Moment(Random random)
    {
        var (from, to) = (_start * 0.7, _total * 1.1);
        return from + ((to - from) * random.NextDouble());
    }

    public static CliCall Call(TestDatabase database, string folder, params string[] arguments) =>
        new() { Arguments = [.. arguments, "--database", database.Address, "--path", folder], WorkingFolder = Path.GetDirectoryName(folder) };

    public static Task<CliResult> RunAsync(CliCall call) => CliProcess.RunAsync(call);

    /// <summary>That a run ended well.</summary>
    public static CliResult Succeeded(CliResult result)
    {
        Must.Hold(result.ExitCode == 0, $"The command failed: {result}");
        return result;
    }
}
