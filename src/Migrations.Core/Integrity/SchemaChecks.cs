using Migrations.History;
using Migrations.Schema;

namespace Migrations.Integrity;

/// <summary>Sets the live schema against the one that is expected. Pure.</summary>
internal static class SchemaChecks
{
    private static readonly (string Name, SchemaObjectType Type)[] Expected =
    [
        ("tables", SchemaObjectType.Table),
        ("indexes", SchemaObjectType.Index),
        ("triggers", SchemaObjectType.Trigger),
        ("views", SchemaObjectType.View),
    ];

    /// <summary>Whether what the applied migrations make is there: tables, indexes, triggers, views.</summary>
    public static IEnumerable<CheckResult> Existing(SchemaSnapshot expected, SchemaSnapshot live)
    {
        foreach (var (name, type) in Expected)
        {
            var found = Names(live, type).ToHashSet(StringComparer.Ordinal);
            var wanted = Names(expected, type).ToList();
            var missing = wanted.Where(n => !found.Contains(n)).ToList();
            yield return new CheckResult
            {
                Name = name,
                Category = CheckCategory.Schema,
                Status = missing.Count == 0 ? CheckStatus.Pass : CheckStatus.Fail,
                Expected = wanted.Count == 0 ? "none" : string.Join(", ", wanted),
                Actual = missing.Count == 0 ? $"{wanted.Count} of {wanted.Count}" : "missing: " + string.Join(", ", missing),
                Message =
                    missing.Count == 0
                        ? $"All {wanted.Count} expected {name} exist."
                        : $"{missing.Count} of {wanted.Count} expected {name} are missing: {string.Join(", ", missing)}.",
                NextStep =
                    missing.Count == 0
                        ? null
                        : Advice.Of(
                            $"The drift checks show the SQL that recreates them: " + $"{Call.Check.With(CallOption.Category.Of("drift"))}"
                        ),
                Target = missing is [var only] ? only : null,
            };
        }
    }

    /// <summary>One result for each difference, or a single one that says there are no differences.</summary>
    /// <param name="name">The check's name.</param>
    /// <param name="category">Its category.</param>
    /// <param name="expected">The expected schema.</param>
    /// <param name="found">The schema that was found.</param>
    /// <param name="good">The message when they are the same.</param>
    public static IEnumerable<CheckResult> Differences(
        string name,
        CheckCategory category,
        SchemaSnapshot expected,
        SchemaSnapshot found,
        string good
    )
    {
        // A setting that no script sets is the application's own.
        var differences = SchemaComparison
            .Compare(expected, found, settings: true)
            .Where(d => d is not { ObjectType: SchemaObjectType.Setting, Kind: DifferenceKind.Added })
            .ToList();
        if (differences.Count == 0)
        {
            yield return new CheckResult
            {
                Name = name,
                Category = category,
                Status = CheckStatus.Pass,
                Expected = expected.Fingerprint,
                Actual = found.Fingerprint,
                Message = good,
            };
        }

        foreach (var difference in differences)
        {
            yield return new CheckResult
            {
                Name = name,
                Category = category,
                Status = CheckStatus.Fail,
                Expected = difference.Left ?? "missing",
                Actual = difference.Right ?? "missing",
                Message = Sentence(difference),
                NextStep = difference.Fix is { } sql
                    ? "To fix it: " + sql
                    : $"Write a migration that makes this change of {difference.Name}, or fix it manually.",
                Target = difference.Name,
            };
        }
    }

    /// <summary>
    /// Whether the schema is the one that the last run left, where migrations in code forbid a replay; null where no run has recorded it.
    /// </summary>
    public static CheckResult? SinceLastRun(IReadOnlyList<JournalEntry> journal, SchemaSnapshot live)
    {
        // A hook after the last step may change the schema, so its row has the newest fingerprint. A row without one that is no step's, as
        // that of a script, is passed over: what it changed is drift.
        if (
            journal.LastOrDefault(e => !e.IsFailure && (e.IsOfMigration || e.SchemaFingerprint is not null))
            is not { SchemaFingerprint: { } recorded } last
        )
            return null;
        var isSame = string.Equals(recorded, live.Fingerprint, StringComparison.Ordinal);
        return new CheckResult
        {
            Name = "drift",
            Category = CheckCategory.Drift,
            Status = isSame ? CheckStatus.Pass : CheckStatus.Warn,
            Expected = recorded,
            Actual = live.Fingerprint,
            Message = isSame
                ? $"The schema is the one that the last run left ({last.Name}). Migrations in code are not replayed."
                : $"The schema is not the one that the last run left ({last.Name}). What differs is not known, because migrations in code "
                    + "are not replayed.",
            NextStep = isSame
                ? null
                : Advice.Of($"Compare with a file that contains the whole schema: {Call.Diff.On("<database>", "schema.sql")}"),
        };
    }

    /// <summary>
    /// The objects that are expected, and what belongs to an expected table: in a database that services share, the rest may be the
    /// others'.
    /// </summary>
    public static SchemaSnapshot WithoutOthers(SchemaSnapshot live, SchemaSnapshot expected)
    {
        var names = expected.Objects.Select(o => (o.Type, o.Name)).ToHashSet();
        return new SchemaSnapshot(
            live.Engine,
            live.EngineVersion,
            live.Objects.Where(o =>
                names.Contains((o.Type, o.Name)) || (o.Table is { } table && names.Contains((SchemaObjectType.Table, table)))
            )
        )
        {
            Preamble = live.Preamble,
            RefusesDropOfUsed = live.RefusesDropOfUsed,
        };
    }

    /// <summary>A difference in a sentence.</summary>
    internal static string Sentence(SchemaDifference difference) =>
        difference.Kind switch
        {
            DifferenceKind.Added => $"The {SchemaWords.Of(difference.ObjectType)} {difference.Name} is not expected.",
            DifferenceKind.Removed => $"The {SchemaWords.Of(difference.ObjectType)} {difference.Name} is missing.",
            _ => $"The {SchemaWords.Of(difference.ObjectType)} {difference.Name} differs: expected {difference.Left}; found "
                + $"{difference.Right}.",
        };

    private static IEnumerable<string> Names(SchemaSnapshot snapshot, SchemaObjectType type) =>
        snapshot.Objects.Where(o => o.Type == type).Select(o => o.Name);
}
