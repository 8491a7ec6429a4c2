using System.Diagnostics;

namespace Migrations.Stress;

/// <summary>
/// The command as a process on one database and folder, and how long it usually takes, so that it can be hit at a random moment.
/// </summary>
internal sealed class Command
{
    private TimeSpan _start;
    private TimeSpan _work;
    private double _pace = 1;

    /// <summary>Runs the command once undisturbed on a fresh database, and remembers when it began to work and when it ended.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="write">Writes the migrations into a folder; null for an ordinary ladder.</param>
    public async Task MeasureAsync(Engine engine, Action<string>? write = null)
    {
        await using var database = await engine.CreateAsync();
        await MeasureAsync(engine, database, write);
    }

    /// <summary>The same on a database that is there.</summary>
    public async Task MeasureAsync(Engine engine, TestDatabase database, Action<string>? write = null)
    {
        using var temporary = new TemporaryFolder();
        var folder = temporary.Path;
        (write ?? (path => new Ladder(engine, new Random(1)).WriteTo(path)))(folder);
        // The first run of a machine reads the program from disk.
        await RunAsync(Call(database, folder, "status"));
        var clock = Stopwatch.StartNew();
        using var process = CliProcess.Start(Call(database, folder, "up"));
        await process.WaitForAsync("Applying");
        _start = clock.Elapsed;
        Succeeded(await process.WaitAsync());
        _work = clock.Elapsed - _start;
        await engine.UntilGoneAsync(database);
    }

    /// <summary>A moment, counted from the start, between shortly before the work begins and shortly after it usually ends.</summary>
    public TimeSpan Moment(Random random) => _pace * ((_start * 0.8) + (((_start * 0.2) + (_work * 1.1)) * random.NextDouble()));

    /// <summary>A while from the beginning of the work, at times longer than it lasts.</summary>
    /// <param name="random">Decides.</param>
    /// <param name="parts">Of how many parts of the work it is one.</param>
    public TimeSpan While(Random random, int parts = 1) => _pace * _work * (1.2 * random.NextDouble() / parts);

    /// <summary>
    /// Learns from a trial whether the moment came too late, because the machine is busier or idler than when it was measured.
    /// </summary>
    public void Learn(bool wasTooLate) => _pace *= wasTooLate ? 0.85 : 1.04;

    public static CliCall Call(TestDatabase database, string folder, params string[] arguments) =>
        new()
        {
            Arguments = [.. arguments, "--database", database.Address, "--path", folder],
            WorkingFolder = Path.GetDirectoryName(folder),
        };

    public static Task<CliResult> RunAsync(CliCall call) => CliProcess.RunAsync(call);

    /// <summary>That a run ended well.</summary>
    public static CliResult Succeeded(CliResult result)
    {
        Must.Hold(result.ExitCode == 0, $"The command failed: {result}");
        return result;
    }
}
