using System.Globalization;

namespace Migrations.Stress;

/// <summary>What the trials of one scenario measured.</summary>
internal sealed class Figures
{
    private readonly Dictionary<string, List<TimeSpan>> _times = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    public void Time(string what, TimeSpan time)
    {
        if (!_times.TryGetValue(what, out var times))
            _times[what] = times = [];
        times.Add(time);
    }

    public void Count(string what, int number = 1) => _counts[what] = _counts.GetValueOrDefault(what) + number;

    public IEnumerable<string> Lines()
    {
        foreach (var (what, number) in _counts.OrderBy(c => c.Key, StringComparer.Ordinal))
            yield return string.Create(CultureInfo.InvariantCulture, $"{what}: {number}");
        foreach (var (what, times) in _times)
        {
            times.Sort();
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: median {times[times.Count / 2].TotalSeconds:0.00} s, longest {times[^1].TotalSeconds:0.00} s "
                    + $"({times.Count} times)"
            );
        }
    }
}
