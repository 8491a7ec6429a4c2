namespace Migrations.Stress;

/// <summary>
/// A call of the command that was watched by <c>strace</c>, and what may be left of the folder that it worked in if the power fails at any
/// moment of it.
/// </summary>
internal sealed class PowerCuts
{
    private readonly string _folder;
    private readonly IReadOnlyDictionary<string, byte[]> _before;
    private readonly List<DiskEvent> _events;

    private PowerCuts(string folder, IReadOnlyDictionary<string, byte[]> before, List<DiskEvent> events)
    {
        _folder = folder;
        _before = before;
        _events = events;
    }

    /// <summary>Watches a call that ends well.</summary>
    public static async Task<PowerCuts> WatchAsync(Trial trial, CliCall call, string folder)
    {
        var before = ReadAll(folder);
        var log = trial.Temporary["strace"];
        Command.Succeeded(await Command.RunAsync(call with { Launcher = DiskTrace.Launcher(Prerequisite.Strace(), log) }));
        var watched = new PowerCuts(folder, before, DiskTrace.Read(log, folder));
        // The model is right only if nothing of what happened escaped it.
        var after = watched.DiskAfter(watched._events.Count);
        after.FlushAll();
        var (modelled, real) = (after.Cut(trial.Random), ReadAll(folder));
        Must.Hold(
            modelled.Keys.Order(StringComparer.Ordinal).SequenceEqual(real.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal),
            "The model of the disk has other files than the disk."
        );
        Must.Hold(
            real.All(file => file.Value.AsSpan().SequenceEqual(modelled[file.Key])),
            "The model of the disk has other bytes than the disk."
        );
        return watched;
    }

    /// <summary>Cuts the power at a random moment, and writes what is left into another folder.</summary>
    /// <returns>What had been printed until then.</returns>
    public string CutInto(string folder, Random random)
    {
        var count = random.Next(_events.Count + 1);
        foreach (var (path, bytes) in DiskAfter(count).Cut(random))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(_folder, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllBytes(copy, bytes);
        }

        return string.Concat(_events.Take(count).OfType<DiskEvent.Print>().Select(p => p.Text));
    }

    private static Dictionary<string, byte[]> ReadAll(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(f => f, File.ReadAllBytes, StringComparer.Ordinal);

    private DiskModel DiskAfter(int count)
    {
        var disk = new DiskModel();
        foreach (var (path, bytes) in _before)
            disk.Add(path, bytes);
        _events.Take(count).ToList().ForEach(disk.Apply);
        return disk;
    }
}
