using System.Text;

namespace Migrations.Folders;

/// <summary>A line of a script that says where a section begins, or how to run it.</summary>
/// <param name="Dialect">Whose marker it is.</param>
/// <param name="Kind">What it says.</param>
/// <param name="Text">The line without the comment's dashes.</param>
internal readonly record struct SectionMarker(SectionDialect Dialect, SectionMarker.MarkerKind Kind, string Text)
{
    /// <summary>What a marker says.</summary>
    internal enum MarkerKind
    {
        /// <summary>Not understood.</summary>
        Unknown,

        /// <summary>The up section begins.</summary>
        Up,

        /// <summary>The down section begins.</summary>
        Down,

        /// <summary>Neither section of the file runs in a transaction.</summary>
        NoTransaction,

        /// <summary>From here on environment variables are put in.</summary>
        VariablesOn,

        /// <summary>From here on they are not.</summary>
        VariablesOff,

        /// <summary>Nothing that matters here.</summary>
        Ignored,
    }

    /// <summary>What follows a section's marker, for example <c>transaction:false</c>.</summary>
    public string Options =>
        Kind is MarkerKind.Up or MarkerKind.Down && Dialect is not SectionDialect.Plain
            ? Text[
                (
                    Text.IndexOf(Kind == MarkerKind.Up ? "up" : "down", StringComparison.OrdinalIgnoreCase)
                    + (Kind == MarkerKind.Up ? 2 : 4)
                )..
            ]
                .Trim()
            : "";

    /// <summary>How a dialect writes a section's marker.</summary>
    public static string Write(SectionDialect dialect, bool down) =>
        dialect switch
        {
            SectionDialect.Dbmate => down ? "-- migrate:down" : "-- migrate:up",
            SectionDialect.Goose => down ? "-- +goose Down" : "-- +goose Up",
            SectionDialect.SqlMigrate => down ? "-- +migrate Down" : "-- +migrate Up",
            _ => down ? "-- Down Migration" : "-- Up Migration",
        };

    /// <summary>Reads a line. Almost all lines are not markers; their first few bytes decide that.</summary>
    public static SectionMarker? Parse(ReadOnlySpan<byte> line)
    {
        var text = line.TrimStart(" \t"u8);
        if (!text.StartsWith("--"u8))
            return null;
        text = text.TrimStart("- \t"u8).TrimEnd(" \t\r\n"u8);
        if (text.IsEmpty || text.Length > 200)
            return null;
        return text[0] switch
        {
            (byte)'+' => ParsePlus(Encoding.UTF8.GetString(text)),
            (byte)'m' when text.StartsWith("migrate:"u8) => ParseDbmate(Encoding.UTF8.GetString(text)),
            (byte)'u' or (byte)'U' or (byte)'d' or (byte)'D' => ParsePlain(Encoding.UTF8.GetString(text)),
            _ => null,
        };
    }

    private static SectionMarker? ParsePlus(string text)
    {
        var words = text.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var rest = words.Length > 1 ? words[1] : "";
        return words[0] switch
        {
            "+goose" => new SectionMarker(SectionDialect.Goose, GooseKind(rest), text),
            "+migrate" => new SectionMarker(SectionDialect.SqlMigrate, SqlMigrateKind(rest), text),
            _ => null,
        };
    }

    private static MarkerKind GooseKind(string rest) =>
        string.Join(' ', rest.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToUpperInvariant() switch
        {
            "UP" => MarkerKind.Up,
            "DOWN" => MarkerKind.Down,
            "NO TRANSACTION" => MarkerKind.NoTransaction,
            "ENVSUB ON" => MarkerKind.VariablesOn,
            "ENVSUB OFF" => MarkerKind.VariablesOff,
            "STATEMENTBEGIN" or "STATEMENTEND" => MarkerKind.Ignored,
            _ => MarkerKind.Unknown,
        };

    private static MarkerKind SqlMigrateKind(string rest) =>
        rest.Split(' ')[0] switch
        {
            "Up" => MarkerKind.Up,
            "Down" => MarkerKind.Down,
            "StatementBegin" or "StatementEnd" => MarkerKind.Ignored,
            _ => MarkerKind.Unknown,
        };

    private static SectionMarker? ParseDbmate(string text)
    {
        var word = text.AsSpan("migrate:".Length);
        var end = word.IndexOfAny(' ', '\t');
        var kind = (end < 0 ? word : word[..end]) switch
        {
            "up" => MarkerKind.Up,
            "down" => MarkerKind.Down,
            _ => MarkerKind.Unknown,
        };
        return new SectionMarker(SectionDialect.Dbmate, kind, text);
    }

    /// <summary>
    /// <c>Up Migration</c> and nothing else. A line that only begins so is most often prose; inside sections it may be a marker that
    /// was written wrongly, so it is given back as not understood.
    /// </summary>
    private static SectionMarker? ParsePlain(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var up = words[0].Equals("up", StringComparison.OrdinalIgnoreCase);
        if (words.Length < 2 || !up && !words[0].Equals("down", StringComparison.OrdinalIgnoreCase))
            return null;
        if (!words[1].StartsWith("migration", StringComparison.OrdinalIgnoreCase))
            return null;
        var exact = string.Concat(words[1..]).TrimEnd('-', '=', ':').Equals("migration", StringComparison.OrdinalIgnoreCase);
        return new SectionMarker(
            SectionDialect.Plain,
            !exact ? MarkerKind.Unknown
                : up ? MarkerKind.Up
                : MarkerKind.Down,
            text
        );
    }
}
