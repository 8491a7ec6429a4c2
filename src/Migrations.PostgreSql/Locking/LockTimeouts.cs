namespace Migrations.PostgreSql;

/// <summary>How long to wait for a lock that an autovacuum holds.</summary>
internal static class LockTimeouts
{
    // What the server needs to cancel it once it has looked.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(500);

    // Whoever waits for a table lock holds up all who come after: no one is held up for longer than by a default wait.
    private static readonly TimeSpan Most = new Databases.SessionOptions().TableLockTimeout;

    /// <summary>How long to wait for it to yield; null when it was nothing that does.</summary>
    public static TimeSpan? ForAutovacuum(Blocker? blocker) => blocker?.YieldsAfter + Margin;

    /// <summary>The same, null when others would be held up for too long by it.</summary>
    public static TimeSpan? ToOutwait(Blocker? blocker) => ForAutovacuum(blocker) is { } enough && enough <= Most ? enough : null;

    /// <summary>The longer of two.</summary>
    public static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
