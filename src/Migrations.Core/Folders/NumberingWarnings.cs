using System.Globalization;

namespace Migrations.Folders;

/// <summary>What is odd about a folder as a whole, though each of its files is good.</summary>
internal static class NumberingWarnings
{
    private const int MostGaps = 10;
    private const int MostNames = 5;

    /// <summary>Looks for gaps in a sequence, mixed kinds of numbers and missing down scripts.</summary>
    /// <param name="migrations">The migrations in their order.</param>
    public static IEnumerable<FileProblem> Find(IReadOnlyList<Migration> migrations) =>
        [.. Gaps(migrations).Take(MostGaps), .. Mixed(migrations), .. MissingUndo(migrations)];

    private static IEnumerable<FileProblem> Gaps(IReadOnlyList<Migration> migrations)
    {
        Migration? before = null;
        foreach (var migration in migrations)
        {
            if (Sequence(migration) is not { } number)
                continue;
            if (before is not null && number > Sequence(before) + 1)
                yield return Warning(
                    migration,
                    $"No migration has a number between {before.Version} and {migration.Version}.",
                    "If a file is missing, restore it before the next run: if it is added later, it is out of order."
                );
            before = migration;
        }
    }

    /// <summary>Timestamps of different lengths and sequences are compared as numbers, which is rarely intended.</summary>
    private static IEnumerable<FileProblem> Mixed(IReadOnlyList<Migration> migrations)
    {
        var kinds = migrations.Where(m => m.Version is { Key: not "0" }).GroupBy(Kind).OrderBy(g => g.Key).ToList();
        if (kinds.Count > 1)
            yield return Warning(
                kinds[1].First(),
                $"The folder mixes numbering schemes: '{kinds[0].First()}' and '{kinds[1].First()}'. They are ordered as numbers, "
                    + "so that every "
                    + $"longer one comes after every shorter one.",
                "Use one numbering scheme for new migrations."
            );
    }

    /// <summary>
    /// A date without a time (<c>20250221</c>) is a smaller number than every time stamp (<c>20231231235959</c>), so that a change of
    /// February 2025 would run before all of 2024.
    /// </summary>
    public static IEnumerable<FileProblem> MisplacedDates(IReadOnlyList<Migration> migrations)
    {
        const int Date = 8,
            Time = 14;
        var earliest = migrations.Where(m => IsOfLength(m, Time)).Select(m => m.Version!.Text[..Date]).Min(StringComparer.Ordinal);
        return earliest is null
            ? []
            : migrations
                .Where(m => IsOfLength(m, Date) && string.CompareOrdinal(m.Version!.Text, earliest) > 0)
                .Select(m => new FileProblem(
                    ErrorId.NumberingMixed,
                    new ScriptLocation(m.Up.File, 1),
                    $"'{m}' starts with a date without a time, which as a number sorts before every timestamp in the folder.",
                    $"Rename it so that it starts with '{m.Version!.Text}000000'; the files are then ordered by date."
                ));
    }

    private static bool IsOfLength(Migration migration, int digits) =>
        migration.Version is { PartCount: 1 } version && version.Text.Length == digits && NumberingStyle.IsTimestampNumber(version.Text);

    private static IEnumerable<FileProblem> MissingUndo(IReadOnlyList<Migration> migrations)
    {
        var without = migrations.Where(m => m is { Down: null, IsRepeatable: false, IsIrreversible: false }).ToList();
        if (without.Count == 0 || migrations.All(m => m.Down is null))
            yield break;
        var names =
            string.Join(", ", without.Take(MostNames).Select(m => m.FullName))
            + (without.Count > MostNames ? $" and {without.Count - MostNames} more" : "");
        yield return new FileProblem(
            ErrorId.UndoMissing,
            new ScriptLocation(without[0].Up.File, 1),
            $"{without.Count} migration{(without.Count == 1 ? " has" : "s have")} no down script and cannot be rolled back: {names}.",
            "Write the down scripts; nothing needs to be done if the migrations are irreversible."
        );
    }

    private static long? Sequence(Migration migration) =>
        migration is { Version: { PartCount: 1 } version } && Kind(migration) == 0
            ? long.Parse(version.Text, CultureInfo.InvariantCulture)
            : null;

    /// <summary>0 for sequences and dotted versions, else how many digits the timestamp has.</summary>
    private static int Kind(Migration migration) =>
        NumberingStyle.IsTimestampNumber(migration.Version!.Text)
            ? NumberingStyle.FirstPart(migration.Version.Text).TrimStart('0').Length
            : 0;

    private static FileProblem Warning(Migration migration, string message, Advice remedy) =>
        new(ErrorId.NumberingMixed, new ScriptLocation(migration.Up.File, 1), message, remedy);
}
