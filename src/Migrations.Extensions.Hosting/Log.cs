using Microsoft.Extensions.Logging;

namespace Migrations.Extensions.Hosting;

/// <summary>The messages of the log.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Direction} {Migration}: done in {Duration:0} ms.")]
    public static partial void Done(this ILogger logger, MigrationDirection direction, string migration, double duration);

    [LoggerMessage(2, LogLevel.Information, "The database is up to date; {Count} migrations were applied.")]
    public static partial void Finished(this ILogger logger, int count);

    [LoggerMessage(3, LogLevel.Critical, "{Reason} Next: {NextStep}")]
    public static partial void Failed(this ILogger logger, Exception error, string reason, string nextStep);

    [LoggerMessage(4, LogLevel.Warning, "{Warning}")]
    public static partial void Warned(this ILogger logger, string warning);

    [LoggerMessage(5, LogLevel.Warning, "Connecting to {Database} failed (attempt {Attempt}): {Reason} Trying again in {Delay:0.#} s.")]
    public static partial void ConnectionRetried(this ILogger logger, string database, int attempt, string reason, double delay);

    [LoggerMessage(
        6,
        LogLevel.Warning,
        "{Migration} could not get a table lock (attempt {Attempt}/{Attempts}; {Blocker}). It was rolled back; trying again in "
            + "{Delay:0.#} s."
    )]
    public static partial void StepRetried(this ILogger logger, string migration, int attempt, int attempts, string? blocker, double delay);

    [LoggerMessage(7, LogLevel.Information, "Waiting for the migration lock, held by {Holder}; waited {Waited:0} of {Timeout:0} s.")]
    public static partial void LockAwaited(this ILogger logger, string holder, double waited, double timeout);

    [LoggerMessage(9, LogLevel.Debug, "Hook {Hook} for {Migration}: done in {Duration:0} ms.")]
    public static partial void HookRan(this ILogger logger, string hook, string? migration, double duration);

    [LoggerMessage(8, LogLevel.Debug, "{Severity}: {Notice}")]
    public static partial void Noticed(this ILogger logger, string severity, string notice);
}
