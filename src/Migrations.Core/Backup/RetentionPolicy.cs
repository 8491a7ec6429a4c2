using Migrations.Configuration;

namespace Migrations.Backup;

/// <summary>
/// Which backups of a database are kept. A backup that any one rule keeps is kept. Days, weeks and months are those of UTC.
/// </summary>
public sealed record RetentionPolicy
{
    /// <summary>The newest so many.</summary>
    public int? KeepLast { get; init; }

    /// <summary>All that are younger than so many days.</summary>
    public int? KeepDays { get; init; }

    /// <summary>The newest of each of the last so many days that have one.</summary>
    public int? KeepDaily { get; init; }

    /// <summary>The newest of each of the last so many weeks (from Monday) that have one.</summary>
    public int? KeepWeekly { get; init; }

    /// <summary>The newest of each of the last so many months that have one.</summary>
    public int? KeepMonthly { get; init; }

    /// <summary>The newest so many of the states that restores replaced and kept; null: all of them. No other rule is about them.</summary>
    public int? KeepStates { get; init; }

    /// <summary>The rules of the configuration.</summary>
    public static RetentionPolicy Of(ConfigurationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new RetentionPolicy
        {
            KeepLast = Rule("keepLast"),
            KeepDays = Rule("keepDays"),
            KeepDaily = Rule("keepDaily"),
            KeepWeekly = Rule("keepWeekly"),
            KeepMonthly = Rule("keepMonthly"),
            KeepStates = Rule("keepStates"),
        };

        int? Rule(string name) => settings.Retention.GetValueOrDefault(name)?.Value;
    }

    /// <summary>Whether it says nothing.</summary>
    public bool IsEmpty => IsEmptyForBackups && KeepStates is null;

    /// <summary>Whether it says nothing of backups: then all stay.</summary>
    internal bool IsEmptyForBackups => (KeepLast ?? KeepDays ?? KeepDaily ?? KeepWeekly ?? KeepMonthly) is null;
}
