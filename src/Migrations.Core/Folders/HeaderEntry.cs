using System.Globalization;
using System.Text;

namespace Migrations.Folders;

/// <summary>One known key of a header.</summary>
/// <param name="Key">The key as documented; any case is understood.</param>
/// <param name="Allowed">How to write it, for messages.</param>
/// <param name="IsDirective">Whether it changes how the script runs, so that two different values contradict each other.</param>
/// <param name="Set">Sets the value in a header; its last argument says whether the key occurs for the first time. Returns null for an
/// invalid value.</param>
internal sealed record HeaderEntry(string Key, string Allowed, bool IsDirective, Func<MigrationHeader, string, bool, MigrationHeader?> Set)
{
    private static readonly HeaderEntry[] All =
    [
        Text("Migration", (h, _) => h),
        Text("Created", (h, v) => h with { Created = v }),
        Text("Description", (h, v) => h with { Description = v }),
        Text("Version", (h, v) => h with { SemanticVersion = v }),
        Collected("Depends-On", (h, v) => h with { DependsOn = [.. h.DependsOn, .. v] }),
        Collected("Environment", (h, v) => h with { Environments = [.. h.Environments, .. v] }),
        Choice("Transaction", ("none", h => h with { Transaction = false }), ("required", h => h with { Transaction = true })),
        new(
            "Foreign-Keys",
            "'Foreign-Keys: on', 'Foreign-Keys: off' or 'Foreign-Keys: open-until <version>'",
            IsDirective: true,
            (h, v, _) => WithForeignKeys(h, v)
        ),
        Choice("Row-Loss", ("allowed", h => h with { RowLossAllowed = true })),
        Choice("Objects-Lost", ("allowed", h => h with { ObjectsLostAllowed = true })),
        Choice("Irreversible", ("yes", h => h with { Irreversible = true }), ("no", h => h with { Irreversible = false })),
        Choice("Store-Script", ("yes", h => h with { StoreScript = true }), ("no", h => h with { StoreScript = false })),
        Duration("Timeout", (h, v) => h with { StatementTimeout = v }),
        Duration("Lock-Timeout", (h, v) => h with { TableLockTimeout = v }),
        new(
            "Variables",
            "'Variables: quoted', 'Variables: everywhere', 'Variables: none' or 'Variables: <name> raw'",
            IsDirective: false,
            (h, v, _) => h with { Variables = h.Variables.And(v) }
        ),
        new(
            "Replaces",
            ReplacedMigrations.Allowed,
            IsDirective: false,
            (h, v, _) => ReplacedMigrations.Read(v) is { } replaced ? h with { Replaces = [.. h.Replaces, .. replaced] } : null
        ),
        new("Batch", BatchEntry.Allowed, IsDirective: true, (h, v, _) => BatchEntry.Take(h, v)),
        Text("Breaking", (h, v) => h with { Breaking = !v.Equals("no", StringComparison.OrdinalIgnoreCase) }),
    ];

    /// <summary>The entry of a key; null for an unknown key.</summary>
    public static HeaderEntry? Find(ReadOnlySpan<byte> key)
    {
        foreach (var entry in All)
        {
            if (Ascii.EqualsIgnoreCase(key, entry.Key))
                return entry;
        }

        return null;
    }

    /// <summary>
    /// Reads a duration: <c>500ms</c>, <c>5s</c>, <c>2m</c>, <c>1h</c> or <c>00:00:30</c>, more than nothing and at most 24 days (what
    /// PostgreSQL's timeouts hold).
    /// </summary>
    internal static TimeSpan? ParseDuration(string text)
    {
        var value = TimeSpan.TryParseExact(text, "hh\\:mm\\:ss", CultureInfo.InvariantCulture, out var clock) ? clock : ParseUnits(text);
        return value > TimeSpan.Zero && value <= TimeSpan.FromDays(24) ? value : null;
    }

    private static MigrationHeader? WithForeignKeys(MigrationHeader header, string value) =>
        value.ToUpperInvariant() switch
        {
            "ON" => header with { ForeignKeys = true },
            "OFF" => header with { ForeignKeys = false },
            var text when text.StartsWith("OPEN-UNTIL ", StringComparison.Ordinal) => header with
            {
                ForeignKeys = false,
                ForeignKeysOpenUntil = value["OPEN-UNTIL ".Length..].Trim(),
            },
            _ => null,
        };

    private static TimeSpan? ParseUnits(string text)
    {
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (
            digits < 1
            || !long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var amount)
            || amount > int.MaxValue
        )
            return null;
        return text[digits..].Trim().ToUpperInvariant() switch
        {
            "MS" => TimeSpan.FromMilliseconds(amount),
            "S" => TimeSpan.FromSeconds(amount),
            "M" or "MIN" => TimeSpan.FromMinutes(amount),
            "H" => TimeSpan.FromHours(amount),
            _ => null,
        };
    }

    /// <summary>Said for people: the first time counts.</summary>
    private static HeaderEntry Text(string key, Func<MigrationHeader, string, MigrationHeader> set) =>
        new(key, $"'{key}: ...'", IsDirective: false, (header, value, first) => first ? set(header, value) : header);

    private static HeaderEntry Collected(string key, Func<MigrationHeader, string[], MigrationHeader> set) =>
        new(
            key,
            $"'{key}: one, two'",
            IsDirective: false,
            (header, value, _) =>
            {
                var items = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                return items.Length == 0 ? null : set(header, items);
            }
        );

    private static HeaderEntry Choice(string key, params (string Value, Func<MigrationHeader, MigrationHeader> Set)[] choices) =>
        new(
            key,
            string.Join(" or ", choices.Select(c => $"'{key}: {c.Value}'")),
            IsDirective: true,
            (header, value, _) =>
            {
                var choice = Array.FindIndex(choices, c => c.Value.Equals(value, StringComparison.OrdinalIgnoreCase));
                return choice < 0 ? null : choices[choice].Set(header);
            }
        );

    private static HeaderEntry Duration(string key, Func<MigrationHeader, TimeSpan, MigrationHeader> set) =>
        new(
            key,
            $"'{key}: 500ms', '{key}: 5s', '{key}: 2m' or '{key}: 00:00:30' (at most 24 days)",
            IsDirective: true,
            (header, value, _) => ParseDuration(value) is { } duration ? set(header, duration) : null
        );
}
