using System.Security.Cryptography;

namespace Migrations.Running;

/// <summary>
/// How long to wait before something is tried again that others stood in the way of: longer each time, and never for two runs the same.
/// </summary>
internal static class RetryPause
{
    private const double First = 250;
    private const double Longest = 10_000;

    /// <summary>The pause after a try.</summary>
    /// <param name="attempt">Which try failed, from 1.</param>
    public static TimeSpan After(int attempt)
    {
        var pause = Math.Min(First * Math.Pow(2, attempt - 1), Longest);
        return TimeSpan.FromMilliseconds(pause * RandomNumberGenerator.GetInt32(50, 151) / 100);
    }
}
