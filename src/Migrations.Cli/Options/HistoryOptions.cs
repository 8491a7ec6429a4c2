using System.CommandLine;
using Migrations.History;

namespace Migrations.Cli.Options;

/// <summary>The options that choose events of the history.</summary>
internal sealed class HistoryOptions
{
    private readonly Option<int?> _last = Choice.Count("--last", "Only the newest <n> of the events that the other options choose.");

    private readonly Option<DateTimeOffset?> _since = Choice.Moment(
        "--since",
        "Only events since a moment: a date or time (UTC unless it says otherwise), or how long ago (7d, 24h)."
    );

    private readonly Option<string[]> _name = new("--name")
    {
        HelpName = "name",
        Description = "Only events of a migration: its name (also with * and ?) or version; can be repeated.",
    };

    private readonly Option<JournalEvent[]> _event = Choice.Several(
        "--event",
        "Only events of a kind; can be repeated.",
        Enum.GetValues<JournalEvent>(),
        WordOf
    );

    /// <summary>All of them, in the order in which help shows them.</summary>
    public IReadOnlyList<Option> All => [_last, _since, _name, _event];

    /// <summary>Which events are wanted.</summary>
    public HistoryFilter Read(ParseResult parse) =>
        new()
        {
            Last = parse.GetValue(_last),
            Since = parse.GetValue(_since),
            Names = parse.GetValue(_name) ?? [],
            Events = parse.GetValue(_event) ?? [],
        };

    private static string WordOf(JournalEvent what) => what == JournalEvent.RolledBack ? "rolled-back" : what.ToString().ToLowerInvariant();
}
