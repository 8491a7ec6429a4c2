using System.Diagnostics;
using System.Globalization;
using Xunit.Sdk;

namespace Migrations.Stress;

/// <summary>Runs the scenarios, one trial after another, and says at the end how many held.</summary>
internal sealed class StressRun(StressOptions options, IReadOnlyList<Scenario> scenarios)
{
    private int _passed;
    private int _failed;
    private int _skipped;

    /// <returns>0 when everything held, else 1.</returns>
    public async Task<int> RunAsync()
    {
        var wanted = scenarios
            .Where(s => options.Only.Count == 0 || options.Only.Exists(name => s.Name.StartsWith(name, StringComparison.Ordinal)))
            .ToList();
        if (options.ListsOnly)
        {
            wanted.ForEach(s => Console.WriteLine(s.Name));
            return 0;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Seed {options.Seed}, {(options.IsLong ? "long" : "short")} form"));
        foreach (var scenario in wanted)
            await RunAsync(scenario);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_passed} passed, {_failed} failed, {_skipped} skipped"));
        return _failed > 0 || wanted.Count == 0 ? 1 : 0;
    }

    private async Task RunAsync(Scenario scenario)
    {
        var extent = options.Count is { } count ? new Extent(count) : scenario.Extent(options.IsLong);
        if (extent.Trials == 0)
            return;
        var clock = Stopwatch.StartNew();
        var figures = new Figures();
        var (trials, failures) = (0, 0);
        try
        {
            await scenario.PrepareAsync();
            for (; trials < extent.Trials && (extent.Time is null || clock.Elapsed < extent.Time); trials++)
                failures += await TryAsync(scenario, options.Seed + trials, figures) ? 0 : 1;
        }
        catch (SkipException e)
        {
            _skipped++;
            Console.WriteLine($"SKIPPED {scenario.Name}: {Prerequisite.ReasonOf(e)}");
            return;
        }
        finally
        {
            await scenario.EndAsync();
        }

        (_passed, _failed) = (_passed + trials - failures, _failed + failures);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{scenario.Name}: {trials - failures} of {trials} trials held, {clock.Elapsed.TotalSeconds:0} s"
            )
        );
        foreach (var line in figures.Lines())
            Console.WriteLine("  " + line);
    }

    private static async Task<bool> TryAsync(Scenario scenario, int seed, Figures figures)
    {
        using var temporary = new TemporaryFolder();
        try
        {
            await scenario.RunAsync(new Trial(new Random(seed), figures, temporary));
            return true;
        }
        catch (Exception e) when (e is not SkipException)
        {
            Console.WriteLine($"FAILED {scenario.Name}: {(e is BrokenPromiseException ? e.Message : e)}");
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  again: dotnet run --project stress/Migrations.Stress -- --only {scenario.Name} --seed {seed} --count 1"
                )
            );
            return false;
        }
    }
}
