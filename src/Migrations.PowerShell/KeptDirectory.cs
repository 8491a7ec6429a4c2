namespace Migrations.PowerShell;

/// <summary>
/// Restores the current directory of the process, which is another one than the location of PowerShell
/// (<see href="https://learn.microsoft.com/dotnet/api/system.environment.currentdirectory"/>). All that run at the same time share it:
/// the last one restores what the first one has found.
/// </summary>
internal sealed class KeptDirectory : IDisposable
{
    private static readonly object Sync = new();
    private static int _users;
    private static string? _found;

    /// <summary>Remembers it.</summary>
    public KeptDirectory()
    {
        lock (Sync)
        {
            if (_users++ == 0)
                _found = Current();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (Sync)
        {
            if (--_users > 0 || _found is null || string.Equals(_found, Current(), StringComparison.Ordinal))
                return;
            try
            {
                Environment.CurrentDirectory = _found;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A folder that is gone cannot be gone to.
            }
        }
    }

    /// <summary>It; null where it has been deleted.</summary>
    private static string? Current()
    {
        try
        {
            return Environment.CurrentDirectory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
