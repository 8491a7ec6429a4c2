using Migrations.Backup;
using Migrations.Events;

namespace Migrations.Reporting;

/// <summary>Writes the backups of a database, and which of them are proven.</summary>
internal static class BackupPart
{
    /// <summary>The newest proven backup; null where none is.</summary>
    public static DatabaseBackup? Newest(DatabaseReport database) =>
        database.Backups?.Where(b => b is { Proven: true, Kept: null }).MaxBy(b => b.CreatedAt);

    /// <summary>Writes it.</summary>
    public static void Write(HtmlWriter html, DatabaseReport database)
    {
        html.Element("h3", "Backups");
        if (database.Backups is not { Count: > 0 } backups)
        {
            html.Element(
                "p",
                database.Backups is null ? "No folder for backups was named." : "The folder has no backup of this database.",
                ("class", "quiet")
            );
            return;
        }

        ReportPage.Table(
            html,
            ["Proof", "Backup", "Made", "Size", "Last migration", "Format"],
            () =>
            {
                foreach (var backup in backups)
                    Row(html, backup);
            }
        );
    }

    private static void Row(HtmlWriter html, DatabaseBackup backup)
    {
        using var row = html.In("tr");
        using (html.In("td"))
        {
            Verdict(backup).Write(html);
            if (backup.ProvenAt is { } at)
                html.Element("div", ReportPage.Moment(at), ("class", "quiet time"));
        }

        using (html.In("td"))
        {
            html.Element("code", Path.GetFileName(backup.Path));
            if (backup.Problem is { } problem)
                html.Element("div", problem, ("class", "problem"));
        }

        html.Element("td", ReportPage.Moment(backup.CreatedAt), ("class", "time"));
        html.Element("td", EventText.OfBytes(backup.Size), ("class", "number"));
        html.Element("td", backup.LastMigration ?? backup.MigrationVersion ?? "");
        html.Element(
            "td",
            $"{backup.Format?.ToString().ToLowerInvariant() ?? "unknown"}{(backup.Compressed ? ", gzip" : "")}"
                + (backup.Kept is null ? "" : ", kept by a restore")
        );
    }

    private static ReportVerdict Verdict(DatabaseBackup backup) =>
        backup switch
        {
            { Problem: not null } => new("not usable", ReportTone.Bad),
            { Proven: true } => new("proven", ReportTone.Good),
            { ProvenAt: not null } => new("proof failed", ReportTone.Bad),
            _ => new("not proven", ReportTone.Notice),
        };
}
