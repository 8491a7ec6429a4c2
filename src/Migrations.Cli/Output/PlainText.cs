using System.Globalization;
using Migrations.Backup;
using Migrations.Events;
using Migrations.Logging;

namespace Migrations.Cli.Output;

/// <summary>Small pieces of text for people.</summary>
internal static class PlainText
{
    /// <summary>A database, and the service that is meant in it: several may share it.</summary>
    public static string Name(DatabaseTarget target, string? service) =>
        service is null ? target.Display : $"{target.Display} (service {service})";

    /// <summary>Makes characters visible that could move the cursor, colour the screen or turn the reading order.</summary>
    public static string Clean(string text) => VisibleText.Of(text);

    /// <summary>What a list calls a backup: the name of its file, or of the database that it is.</summary>
    public static string NameOf(DatabaseBackup backup) => Clean(backup.IsDatabase ? backup.Path : Path.GetFileName(backup.Path));

    /// <summary>Backups, and databases where there are any: <c>2 backups and 1 database</c>.</summary>
    public static string CountOf(IReadOnlyCollection<DatabaseBackup> backups)
    {
        var databases = backups.Count(b => b.IsDatabase);
        return databases == 0
            ? Count(backups.Count, "backup")
            : $"{Count(backups.Count - databases, "backup")} and {Count(databases, "database")}";
    }

    /// <summary>The text, cut to a length, with a mark where something was cut off.</summary>
    public static string Shorten(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";

    /// <summary>A number with its noun: <c>1 migration</c>, <c>3 migrations</c>.</summary>
    public static string Count(long number, string noun) => EventText.Count(number, noun);

    /// <summary>A duration for people, as events say it: <c>12 ms</c>, <c>3.4 s</c>, <c>5 min 20 s</c>.</summary>
    public static string Of(TimeSpan duration) => EventText.Of(duration);

    /// <summary>A moment in UTC, as the listing shows it.</summary>
    public static string Of(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A number of bytes for people: <c>812 B</c>, <c>3.4 MB</c>.</summary>
    public static string OfBytes(long bytes) => EventText.OfBytes(bytes);
}
