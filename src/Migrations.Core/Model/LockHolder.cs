using System.Globalization;

namespace Migrations;

/// <summary>Who holds the migration lock. What is not known is null.</summary>
public sealed record LockHolder
{
    /// <summary>The process id, on <see cref="Host"/>.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The machine.</summary>
    public string? Host { get; init; }

    /// <summary>The user.</summary>
    public string? User { get; init; }

    /// <summary>Since when (UTC).</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The migration it is working on.</summary>
    public string? Migration { get; init; }

    /// <summary>One line for people.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (ProcessId is { } id)
            parts.Add("process " + id.ToString(CultureInfo.InvariantCulture));
        if (Host is not null)
            parts.Add("on " + Host);
        if (User is not null)
            parts.Add("user " + User);
        if (Since is { } since)
            parts.Add("since " + since.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        if (Migration is not null)
            parts.Add("working on " + Migration);
        return parts.Count == 0 ? "an unknown session" : string.Join(", ", parts);
    }
}
