using System.Globalization;

namespace Migrations.Events;

/// <summary>Events in sentences, so that every face says the same of them.</summary>
public static class EventText
{
    /// <summary>Which connection is being tried.</summary>
    public static string Of(ConnectionAttempted e) => $"Connecting to {e.Database} (attempt {Attempt(e.Attempt, e.Attempts)}).";

    /// <summary>Why a connection failed, and what happens next.</summary>
    public static string Of(ConnectionRetried e) =>
        e.Attempts is null
            ? $"Waiting for {e.Database}: {e.Reason.TrimEnd('.')}."
            : $"Connecting to {e.Database} failed (attempt {Attempt(e.Attempt, e.Attempts)}): {e.Reason.TrimEnd('.')}. "
                + $"Trying again in {Of(e.Delay)}.";

    /// <summary>Who holds the lock, and how long it is waited for.</summary>
    public static string Of(LockAwaited e) =>
        $"Waiting for the migration lock of {e.Holder?.ToString() ?? "an unknown session"}: {Of(e.Waited)} of {Of(e.Timeout)}.";

    /// <summary>What a run is going to do.</summary>
    public static string Of(RunStarted e) =>
        e.Direction == MigrationDirection.Up
            ? $"Applying {Count(e.Total, "migration")} to {e.Database}{Service(e.Service)}"
            : $"Undoing {Count(e.Total, "migration")} of {e.Database}{Service(e.Service)}";

    // Services may share a database.
    private static string Service(string? service) => service is null ? "" : $" (service {service})";

    /// <summary>Which step begins.</summary>
    public static string Of(StepStarted e) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"[{e.Number}/{e.Total}] {(e.Direction == MigrationDirection.Up ? "Applying" : "Undoing")} {e.Migration}"
        );

    /// <summary>Who blocked a step, and when it is tried again.</summary>
    public static string Of(StepRetried e) =>
        $"{e.Migration} could not get a table lock (attempt {Attempt(e.Attempt, e.Attempts)})"
        + (e.Blocker is null ? "" : $", held by {e.Blocker}")
        + $". Rolled back; trying again in {Of(e.Delay)}.";

    /// <summary>Which hook ran.</summary>
    public static string Of(HookRan e) => $"Ran {e.Hook}{(e.Migration is { } migration ? " for " + migration : "")} in {Of(e.Duration)}";

    /// <summary>What the database says.</summary>
    public static string Of(NoticeReceived e) => $"{e.Severity}: {e.Message}";

    /// <summary>How a step ended, and what it did.</summary>
    /// <param name="e">The step.</param>
    /// <param name="isDetailed">Whether the statements are counted too.</param>
    public static string Of(StepFinished e, bool isDetailed)
    {
        var result = e.Result;
        var verb = (result.Outcome, result.Direction) switch
        {
            (MigrationOutcome.Failed, _) => "Failed",
            (_, MigrationDirection.Down) => "Rolled back",
            _ => "Applied",
        };
        var text = string.Create(CultureInfo.InvariantCulture, $"[{e.Number}/{e.Total}] {verb} {result.Name}");
        if (result.Outcome != MigrationOutcome.Done)
            return text;
        return $"{text} in {Of(result.Duration)}"
            + (result.RowsAffected is { } rows ? ", " + Count(rows, "row") : "")
            + (isDetailed ? ", " + Count(result.Statements, "statement") : "");
    }

    /// <summary>A duration for people: <c>12 ms</c>, <c>3.4 s</c>, <c>5 min 20 s</c>.</summary>
    public static string Of(TimeSpan duration) =>
        duration.TotalSeconds switch
        {
            < 1 => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0} ms"),
            < 60 => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0} s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(duration.TotalMinutes):0} min {duration.Seconds} s"),
        };

    /// <summary>A number of bytes for people: <c>812 B</c>, <c>3.4 MB</c>.</summary>
    public static string OfBytes(long bytes) =>
        bytes switch
        {
            < 1000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
            < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
            < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB"),
        };

    /// <summary>A number with its noun: <c>1 migration</c>, <c>3 migrations</c>.</summary>
    public static string Count(long number, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");

    private static string Attempt(int attempt, int? attempts) =>
        string.Create(CultureInfo.InvariantCulture, $"{attempt}{(attempts is { } all ? $"/{all}" : "")}");
}
