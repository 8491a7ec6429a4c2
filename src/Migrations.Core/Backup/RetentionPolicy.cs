using Migrations.Configuration;

namespace Migrations.Backup;

/// <summary>
/// Which backups of a database are kept. A backup that any one rule keeps is kept. Days, weeks and months are those of UTC.
/// </summary>
public sealed record RetentionPolicy
{
    /// <summary>Keep this number of newest backups.</summary>
    public int? KeepLast { get; init; }

    /// <summary>Keep all that are younger than this number of days.</summary>
    public int? KeepDays { get; init; }

    /// <summary>For this number of days that have a backup, keep the newest of each day.</summary>
    public int? KeepDaily { get; init; }

    /// <summary>For this number of weeks (from Monday) that have a backup, keep the newest of each week.</summary>
    public int? KeepWeekly { get; init; }

    /// <summary>For this number of months that have a backup, keep the newest of each month.</summary>
    public int? KeepMonthly { get; init; }

    /// <summary>Keep this number of newest states that restores replaced and kept; null: all. No other rule applies to them.</summary>
    public int? KeepStates { get; init; }

    /// <summary>
    /// Whether backups of one local database that were made on several machines are those of one database: machines that are replaced, as
    /// containers are, have a new name each time.
    /// </summary>
    public bool AnyHost { get; init; }

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
