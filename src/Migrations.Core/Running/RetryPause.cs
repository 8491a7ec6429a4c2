using System.Security.Cryptography;
using Migrations.Databases;
using Migrations.Events;

namespace Migrations.Running;

/// <summary>
/// How long to wait before something is tried again that other sessions blocked: longer each time, and never for two runs the same.
/// </summary>
internal static class RetryPause
{
    private const double First = 250;
    private const double Longest = 10_000;

    /// <summary>Reports that a migration is tried again, and waits until then.</summary>
    /// <param name="session">How many times it is tried again, and who is informed.</param>
    /// <param name="migration">The migration's full name, or what else is tried.</param>
    /// <param name="attempt">Which try failed, from 1.</param>
    /// <param name="blocker">The blocking session; null when that is not known.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static Task WaitAsync(
        SessionOptions session,
        string migration,
        int attempt,
        string? blocker,
        CancellationToken cancellationToken
    )
    {
        var pause = After(attempt);
        session.Events.Publish(new StepRetried(migration, attempt, session.TableLockRetries, pause, blocker));
        return Task.Delay(pause, cancellationToken);
    }

    /// <summary>The pause after a try.</summary>
    /// <param name="attempt">Which try failed, from 1.</param>
    public static TimeSpan After(int attempt)
    {
        var pause = Math.Min(First * Math.Pow(2, attempt - 1), Longest);
        return TimeSpan.FromMilliseconds(pause * RandomNumberGenerator.GetInt32(50, 151) / 100);
    }
}
