namespace Migrations.Backup;

/// <summary>What a restore did.</summary>
public sealed record RestoreResult : IHasTarget
{
    /// <summary>The database as shown to people.</summary>
    public required string Database { get; init; }

    /// <summary>The database, to run against; keeps its secret.</summary>
    public DatabaseTarget? Target { get; init; }

    /// <summary>The backup that it was restored from.</summary>
    public required string Backup { get; init; }

    /// <summary>Where the old state is kept: a file, or a database's name; null when there was none.</summary>
    public string? Kept { get; init; }

    /// <summary>The way it went, in a few words.</summary>
    public required string How { get; init; }

    /// <summary>What the server could not make of the backup, by name; only where its faults were accepted.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>The version of the last applied migration in it; null without one.</summary>
    public string? MigrationVersion { get; init; }

    /// <summary>The environment that it is stamped with, as it was before; null without a stamp.</summary>
    public string? Stamp { get; init; }

    /// <summary>What was compared afterwards.</summary>
    public required IReadOnlyList<CheckResult> Checks { get; init; }

    /// <summary>How long it took, with the checks before and after.</summary>
    public required TimeSpan Duration { get; init; }
}
