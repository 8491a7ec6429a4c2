using System.Globalization;
using System.Numerics;

namespace Migrations.Folders;

/// <summary>How a folder numbers and lays out its migrations: found from those that are there.</summary>
internal sealed class NumberingStyle
{
    /// <summary>From this many digits on a number is a point in time, not the next of a sequence.</summary>
    private const int TimestampDigits = 8;

    /// <summary>A number this long is a timestamp even when it is all zeros (diesel's set-up migration).</summary>
    private const int FullTimestampDigits = 14;

    private const int WranglerDigits = 4;

    private const string Epoch = "19700101000000";

    private readonly string _latest;

    private NumberingStyle(MigrationLayout layout, string latest, int width, string? versionFolder)
    {
        Layout = layout;
        _latest = latest;
        Width = width;
        VersionFolder = versionFolder;
    }

    /// <summary>The layout that most migrations have, the newest one where it is undecided; the down suffix in an empty folder.</summary>
    public MigrationLayout Layout { get; }

    /// <summary>How many digits a number has at least.</summary>
    public int Width { get; }

    /// <summary>The newest version folder; null in folders without.</summary>
    public string? VersionFolder { get; }

    /// <summary>Whether versions are points in time, in digits only.</summary>
    private bool IsTimestamp => IsTimestampNumber(_latest) && _latest.All(char.IsAsciiDigit);

    /// <summary>Finds the style of a folder.</summary>
    /// <param name="files">Its files.</param>
    /// <param name="scripts">What was read in them.</param>
    /// <param name="forced">The layout to use whatever is there.</param>
    public static NumberingStyle Of(
        IReadOnlyList<MigrationFile> files,
        Dictionary<MigrationFile, ScriptFile> scripts,
        MigrationLayout? forced
    )
    {
        var layout = forced ?? FindLayout(files, scripts);
        var numbered = files.Where(f => f.Version is not null && (layout != MigrationLayout.VersionFolders || f.VersionFolder is not null));
        var newest = numbered.MaxBy(f => f.Version);
        var latest = newest?.Number ?? Zero(layout);
        return new NumberingStyle(layout, latest, LastPart(latest).Length, newest?.VersionFolder);
    }

    /// <summary>Whether a number as written is a point in time: its first part is long, or it is a date with separators.</summary>
    public static bool IsTimestampNumber(string number)
    {
        var first = FirstPart(number);
        return DateNumber.Is(number) || first.Length >= FullTimestampDigits || first.TrimStart('0').Length >= TimestampDigits;
    }

    /// <summary>A version's first number as written.</summary>
    public static ReadOnlySpan<char> FirstPart(string number) =>
        number.AsSpan(0, number.AsSpan().IndexOfAny('.', '_') is >= 0 and var end ? end : number.Length);

    /// <summary>The number after the newest: one more in a sequence, the time (UTC) where versions are times; always greater.</summary>
    /// <param name="now">The time (UTC).</param>
    /// <param name="ahead">How many numbers to leave out.</param>
    public string Next(DateTime now, int ahead = 0)
    {
        if (DateNumber.Is(_latest))
            return DateNumber.Next(_latest, now, ahead);
        if (!IsTimestamp)
            return OneMore(_latest, ahead + 1);
        var time = TimeText(now, ahead, _latest.Length);
        var least = BigInteger.Parse(_latest, CultureInfo.InvariantCulture) + 1 + ahead;
        return time is not null && BigInteger.Parse(time, CultureInfo.InvariantCulture) >= least
            ? time
            : least.ToString(CultureInfo.InvariantCulture).PadLeft(_latest.Length, '0');
    }

    /// <summary>A number with the folder's width.</summary>
    public string Pad(string number) => IsTimestamp ? number : number.PadLeft(Width, '0');

    private static MigrationLayout FindLayout(IReadOnlyList<MigrationFile> files, Dictionary<MigrationFile, ScriptFile> scripts)
    {
        var votes = files
            .Where(f => f.Version is not null)
            .Select(f => (File: f, Layout: LayoutOf(f, scripts[f])))
            .Where(v => v.Layout is not null)
            .GroupBy(v => v.Layout!.Value)
            .ToList();
        return votes.Count == 0
            ? WithoutVotes(files, scripts)
            : votes.OrderByDescending(g => g.Count()).ThenByDescending(g => g.Max(v => v.File.Version)).First().Key;
    }

    private static MigrationLayout WithoutVotes(IReadOnlyList<MigrationFile> files, Dictionary<MigrationFile, ScriptFile> scripts)
    {
        if (files.Any(f => f.Form == FileForm.DownSuffix))
            return MigrationLayout.DownSuffix;
        // A line '-- Up Migration' without its counterpart also stands above scripts whose undo is elsewhere.
        if (files.Any(f => scripts[f].Dialect is not null))
            return MigrationLayout.Sections;
        // Four digits are how wrangler numbers, which would run an undo beside the migrations.
        return files.Count > 0 && files.All(f => f.Number.Length == WranglerDigits)
            ? MigrationLayout.RollbackFolder
            : MigrationLayout.DownSuffix;
    }

    /// <summary>What a file says of the layout; null when it fits several.</summary>
    private static MigrationLayout? LayoutOf(MigrationFile file, ScriptFile script) =>
        file.Form switch
        {
            _ when file.VersionFolder is not null => file.IsDown ? null : MigrationLayout.VersionFolders,
            FileForm.Versioned => MigrationLayout.Versioned,
            FileForm.FolderEach or FileForm.FolderEachWhole => MigrationLayout.FolderEach,
            FileForm.UpSuffix => MigrationLayout.UpDownSuffix,
            FileForm.RollbackSuffix => MigrationLayout.RollbackSuffix,
            FileForm.RollbackFolder => MigrationLayout.RollbackFolder,
            FileForm.Plain => script.DownSection is null ? null : MigrationLayout.Sections,
            // A .down.sql belongs to either of two layouts; the .up.sql files decide.
            _ => null,
        };

    /// <summary>The number before a folder's first one, in the form that is usual for the layout.</summary>
    private static string Zero(MigrationLayout layout) =>
        layout switch
        {
            MigrationLayout.Versioned => "0",
            MigrationLayout.FolderEach => Epoch,
            MigrationLayout.VersionFolders => "00",
            MigrationLayout.RollbackFolder => "0000",
            _ => "000",
        };

    private static string LastPart(string number) => number[(number.LastIndexOfAny(['.', '_', '-']) + 1)..];

    private static string OneMore(string number, int step)
    {
        var last = LastPart(number);
        var next = BigInteger.Parse(last, CultureInfo.InvariantCulture) + step;
        return number[..^last.Length] + next.ToString(CultureInfo.InvariantCulture).PadLeft(last.Length, '0');
    }

    /// <summary>The time in as many digits as the folder's versions have; null when it has no such form.</summary>
    private static string? TimeText(DateTime now, int ahead, int digits) =>
        digits switch
        {
            8 => now.AddDays(ahead).ToString("yyyyMMdd", CultureInfo.InvariantCulture),
            10 => (new DateTimeOffset(now).ToUnixTimeSeconds() + ahead).ToString(CultureInfo.InvariantCulture),
            12 => now.AddMinutes(ahead).ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture),
            14 => now.AddSeconds(ahead).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture),
            _ => null,
        };
}
