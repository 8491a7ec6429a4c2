namespace Migrations.Databases;

/// <summary>A database on the server that a restore has replaced and kept there under another name.</summary>
/// <param name="Name">The name that it has now.</param>
/// <param name="Label">What it is: <c>before_restore</c>, or <c>failed</c> for the state of a run that went wrong.</param>
/// <param name="At">When it was replaced (UTC).</param>
public sealed record KeptState(string Name, string Label, DateTimeOffset At)
{
    /// <summary>The name of the backup whose restore replaced it; null when that is not known.</summary>
    public string? ReplacedBy { get; init; }

    /// <summary>The full name of the last applied migration in it; null without one.</summary>
    public string? LastMigration { get; init; }

    /// <summary>The version of that migration; null without one.</summary>
    public string? MigrationVersion { get; init; }

    /// <summary>The environment that the database was stamped with; null without a stamp.</summary>
    public string? Stamp { get; init; }

    /// <summary>The size on disk, in bytes; 0 when it may not be read.</summary>
    public long Size { get; init; }

    /// <summary>Why it is not to be dropped, in a sentence, for example a session in it; null when nothing is known.</summary>
    public string? Problem { get; init; }
}
