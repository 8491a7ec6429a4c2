using Migrations.Events;

namespace Migrations.Reporting;

/// <summary>A database's state in a few words.</summary>
/// <param name="Text">The words.</param>
/// <param name="Tone">How good that is.</param>
internal sealed record ReportVerdict(string Text, ReportTone Tone)
{
    /// <summary>Whether it is not as it should be.</summary>
    public bool IsBad => Tone == ReportTone.Bad;

    /// <summary>The state of a database.</summary>
    public static ReportVerdict Of(DatabaseReport database)
    {
        var failed = database.Checks?.Count(c => c.Status == CheckStatus.Fail) ?? 0;
        return database.Summary switch
        {
            null => new("not read", ReportTone.Bad),
            { Failed: > 0 and var count } => new($"{EventText.Count(count, "migration")} failed", ReportTone.Bad),
            { Healthy: false } => new("unhealthy", ReportTone.Bad),
            _ when failed > 0 => new($"{EventText.Count(failed, "check")} failed", ReportTone.Bad),
            { ForeignHistory: not null } => new("other tool's history", ReportTone.Notice),
            { Exists: false } => new("does not exist", ReportTone.Notice),
            { Pending: > 0 and var count } => new($"{count} pending", ReportTone.Notice),
            _ => new("up to date", ReportTone.Good),
        };
    }

    /// <summary>The state of a migration.</summary>
    public static ReportVerdict Of(MigrationStatus status) =>
        status.State switch
        {
            MigrationState.Applied => new("applied", ReportTone.Good),
            MigrationState.Pending => new("pending", ReportTone.Notice),
            MigrationState.RolledBack => new("rolled back", ReportTone.Notice),
            MigrationState.NotHere => new("not for this environment", ReportTone.Plain),
            MigrationState.Failed => new("failed", ReportTone.Bad),
            MigrationState.Missing => new("file missing", ReportTone.Bad),
            MigrationState.Changed => new("edited", ReportTone.Bad),
            _ => new("out of order", ReportTone.Bad),
        };

    /// <summary>The answer of a check.</summary>
    public static ReportVerdict Of(CheckStatus status) =>
        status switch
        {
            CheckStatus.Pass => new("pass", ReportTone.Good),
            CheckStatus.Warn => new("warn", ReportTone.Notice),
            CheckStatus.Fail => new("fail", ReportTone.Bad),
            _ => new("not run", ReportTone.Plain),
        };

    /// <summary>Writes it as a label.</summary>
    public void Write(HtmlWriter html) => html.Element("span", Text, ("class", "pill " + Tone.ToString().ToLowerInvariant()));
}
