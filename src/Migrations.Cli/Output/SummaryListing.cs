using System.Globalization;

namespace Migrations.Cli.Output;

/// <summary>Prints where one database stands, one fact a line.</summary>
internal static class SummaryListing
{
    public static void Print(Terminal terminal, DatabaseStatus status)
    {
        terminal.Out("Database:   " + status.Database + (status.Exists ? "" : " (does not exist yet)"));
        terminal.Out($"Engine:     {status.Engine} {status.EngineVersion}".TrimEnd());
        if (status.Service is not null)
            terminal.Out("Service:    " + status.Service);
        if (status.Stamp is not null)
            terminal.Out("Stamp:      " + PlainText.Clean(status.Stamp));
        terminal.Out("Current:    " + (status.Current?.Text ?? "nothing applied"));
        terminal.Out(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Migrations: Total: {status.Total} | Applied: {status.Applied} | Pending: {status.Pending}"
            ) + (status.Failed > 0 ? string.Create(CultureInfo.InvariantCulture, $" | Failed: {status.Failed}") : "")
        );
        terminal.Out("Healthy:    " + (status.Healthy ? "yes" : "no: see migrations status"), status.Healthy ? Tone.Good : Tone.Bad);
        terminal.Out("Locked by:  " + (status.LockedBy ?? "no one"), status.LockedBy is null ? Tone.Plain : Tone.Notice);
        terminal.Out("Last run:   " + (status.LastRun is { } at ? PlainText.Of(at) + " UTC" : "never"));
    }
}
