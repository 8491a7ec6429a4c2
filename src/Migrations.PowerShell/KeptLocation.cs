using System.Management.Automation;

namespace Migrations.PowerShell;

/// <summary>
/// Restores the location, and the stack of locations, as they were: also where what ran has pushed or popped some
/// (<see href="https://learn.microsoft.com/powershell/module/microsoft.powershell.management/push-location"/>).
/// </summary>
internal sealed class KeptLocation : IDisposable
{
    private const string Own = "migrations-block";

    private readonly PathIntrinsics _path;
    private readonly string _stack;
    private readonly List<string> _locations;

    /// <summary>Remembers them.</summary>
    public KeptLocation(PathIntrinsics path)
    {
        _path = path;
        var stack = path.LocationStack("");
        (_stack, _locations) = (stack.Name, Paths(stack));
        path.PushCurrentLocation(Own);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _path.SetDefaultLocationStack(_stack);
            Restore(Paths(_path.LocationStack(_stack)));
        }
        finally
        {
            _path.PopLocation(Own);
        }
    }

    // The one that was pushed last comes first.
    private static List<string> Paths(PathInfoStack stack) => [.. stack.Select(p => p.Path)];

    private void Restore(List<string> now)
    {
        var kept = 0;
        while (kept < Math.Min(now.Count, _locations.Count) && now[^(kept + 1)].Equals(_locations[^(kept + 1)], StringComparison.Ordinal))
            kept++;
        for (var i = kept; i < now.Count; i++)
            Try(() => _path.PopLocation(_stack));
        for (var i = _locations.Count - kept - 1; i >= 0; i--)
        {
            var location = WildcardPattern.Escape(_locations[i]);
            Try(() =>
            {
                _path.SetLocation(location);
                _path.PushCurrentLocation(_stack);
            });
        }
    }

    /// <summary>A folder that is gone cannot be gone to, and keeps nothing else from being restored.</summary>
    private static void Try(Action change)
    {
        try
        {
            change();
        }
        catch (Exception e) when (e is SessionStateException or ProviderInvocationException) { }
    }
}
