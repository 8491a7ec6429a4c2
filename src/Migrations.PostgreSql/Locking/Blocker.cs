namespace Migrations.PostgreSql;

/// <summary>Whom a statement waited for.</summary>
/// <param name="Description">Who that is, for a sentence.</param>
/// <param name="YieldsAfter">
/// How long an autovacuum must be waited for until it yields: the server looks only after its
/// <see href="https://www.postgresql.org/docs/current/runtime-config-locks.html#GUC-DEADLOCK-TIMEOUT">deadlock_timeout</see>. Null for
/// others, which do not yield.
/// </param>
internal sealed record Blocker(string Description, TimeSpan? YieldsAfter = null)
{
    /// <summary>What to do about it, as a sentence; null where it ends by itself or in its own session.</summary>
    public Advice? WayOut { get; init; }
}
