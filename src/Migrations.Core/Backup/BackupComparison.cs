using System.Diagnostics;
using Migrations.Databases;
using Migrations.Schema;

namespace Migrations.Backup;

/// <summary>
/// Sets a database against the manifest of the backup that it was loaded from. What there is nothing to compare with is NotRun.
/// </summary>
/// <param name="session">The database.</param>
/// <param name="manifest">What it should be; null when there is no manifest.</param>
/// <param name="display">The database as shown to people.</param>
internal sealed class BackupComparison(IDatabaseSession session, BackupManifest? manifest, string display)
{
    public const string Schema = "schema";
    public const string Rows = "rows";
    public const string Digests = "digests";

    /// <summary>How to continue in spite of a failed check.</summary>
    public static readonly Advice AcceptThem =
        $"Investigate the fault; to restore the backup as it is: " + $"{Call.Restore.On("<backup>").With(CallOption.AcceptFaults)}";

    private const string Distrust = "Do not rely on this backup: create a new one and prove it.";
    private const int NamesShown = 5;

    /// <summary>Asks everything: what the engine says, the schema, the rows, and on request every value.</summary>
    public async Task<IReadOnlyList<CheckResult>> RunAsync(bool thorough, bool digests, CancellationToken cancellationToken)
    {
        var results = new List<CheckResult>();
        var answers = await session.Inspector.CheckEngineAsync(thorough, cancellationToken).ConfigureAwait(false);
        var schema = await SchemaAsync([.. answers.SelectMany(a => a.Faults)], cancellationToken).ConfigureAwait(false);
        results.AddRange(
            answers.Select(a => Judge(a, isSchemaThatOfSource: schema.Status == CheckStatus.Pass) with { Database = display })
        );
        results.Add(schema);
        results.AddRange(await ContentAsync(digests, cancellationToken).ConfigureAwait(false));
        return results;
    }

    /// <summary>What the source had too is not the fault of the copy.</summary>
    private CheckResult Judge(CheckResult answer, bool isSchemaThatOfSource)
    {
        if (answer.Status != CheckStatus.Fail || answer.Faults.Count == 0)
            return answer;
        var added = answer.Faults.Where(f => !(f.IsOfPages && manifest?.Format is BackupFormat.Native)).ToList();
        if (added.Count > 0 && manifest?.Faults is null)
        {
            return answer with
            {
                Message =
                    answer.Message
                    + " Whether the source had the same fault is not recorded, because "
                    + (manifest is null ? "there is no manifest." : "the manifest is of an older version."),
                NextStep = AcceptThem,
            };
        }

        // What a restore had to make so, because rows of the source break it, leaves the schema else as it was.
        added.RemoveAll(f => f.IsAmong(manifest!.Faults!) || (f.DefinitionEnd is not null && isSchemaThatOfSource));
        return added.Count == 0
            ? answer with
            {
                Status = CheckStatus.Warn,
                Message =
                    answer.Message
                    + (
                        answer.Faults.Any(IsOfRestore)
                            ? " It is marked valid in the source, although rows violate it."
                            : " The source had the same fault."
                    ),
            }
            : answer with
            {
                Message = "The source did not have this: " + Sentence(added.ConvertAll(f => $"{f.Object}: {f.Detail}")),
                Faults = added,
                NextStep = Distrust,
            };
    }

    private async Task<CheckResult> SchemaAsync(IReadOnlyList<DatabaseFault> faults, CancellationToken cancellationToken)
    {
        if (manifest is null)
            return NotRun(Schema, "There is no manifest to compare the schema with.");
        var clock = Stopwatch.StartNew();
        var found = await session.Inspector.ReadSchemaAsync(cancellationToken).ConfigureAwait(false);
        var broken = faults.Where(IsOfRestore).ToList();
        var isLike = broken.Count > 0 && IsOfSource(Without(broken, found));
        var same = isLike || IsOfSource(found);
        return Answer(
            Schema,
            same,
            isLike
                    ? "The schema matches the source, except for constraints that rows violate: "
                        + $"{Sentence(broken.ConvertAll(f => f.Object))}"
                : same ? "The schema matches the source."
                : $"The schema does not match the source. It was read by {found.EngineVersion}; the source was {manifest.EngineVersion}."
        ) with
        {
            Expected = manifest.SchemaFingerprint,
            Actual = found.Fingerprint,
            Duration = clock.Elapsed,
        };
    }

    /// <summary>Whether a restore had to make it so. Of what the source has so, its schema says the same.</summary>
    private bool IsOfRestore(DatabaseFault fault) =>
        fault.DefinitionEnd is { } end
        && manifest?.Faults?.Any(f => fault.IsAmong([f]) && f.Detail.EndsWith(end, StringComparison.Ordinal)) != true;

    private bool IsOfSource(SchemaSnapshot found) =>
        string.Equals(found.Fingerprint, manifest!.SchemaFingerprint, StringComparison.Ordinal);

    private static SchemaSnapshot Without(List<DatabaseFault> broken, SchemaSnapshot found) =>
        new(
            found.Engine,
            found.EngineVersion,
            found.Objects.Select(o =>
                broken.Find(f => string.Equals(f.Object, o.Name, StringComparison.Ordinal)) is { DefinitionEnd: { } end }
                && o.Definition.EndsWith(end, StringComparison.Ordinal)
                    ? o with
                    {
                        Definition = o.Definition[..^end.Length],
                    }
                    : o
            )
        );

    private async Task<IEnumerable<CheckResult>> ContentAsync(bool digests, CancellationToken cancellationToken)
    {
        if (manifest is null)
            return
            [
                NotRun(Rows, "There is no manifest to compare the rows with."),
                NotRun(Digests, "There is no manifest to compare the values with."),
            ];
        var clock = Stopwatch.StartNew();
        var counts = manifest.HasCounts();
        var compareDigests = digests && manifest.HasDigests();
        IReadOnlyList<TableContent> found =
            counts || compareDigests
                ? await session.Inspector.ReadContentAsync(compareDigests, cancellationToken).ConfigureAwait(false)
                : [];
        var rows = counts
            ? CompareRows(found) with
            {
                Duration = clock.Elapsed,
            }
            : NotRun(
                Rows,
                "The backup was made without counting rows.",
                $"Create backups without {CallOption.NoCounts}, so that they can be proven."
            );
        var values =
            compareDigests ? CompareDigests(found)
            : digests
                ? NotRun(
                    Digests,
                    "The backup was made without digests.",
                    $"Create backups with {CallOption.Full}, so that every value can be compared."
                )
            : NotRun(Digests, "Comparing every value was not requested.");
        return [rows, values];
    }

    private CheckResult CompareRows(IReadOnlyList<TableContent> found)
    {
        var open = manifest!.Tables.Where(t => t.Rows is null).Select(t => t.Table).ToList();
        var differences = Differences(found, t => t.Rows?.ToString(System.Globalization.CultureInfo.InvariantCulture), "rows");
        if (differences.Count == 0 && open.Count > 0)
            return NotRun(
                Rows,
                $"The rows of {Sentence(open).TrimEnd('.')} could not be counted in the source; those of the other tables match.",
                "See the warnings of the backup for the reason."
            );
        return Answer(
            Rows,
            differences.Count == 0,
            differences.Count == 0
                ? $"All {manifest!.Tables.Count} tables have the same number of rows as the source, "
                    + $"{manifest.Tables.Sum(t => t.Rows)} together."
                : "The rows do not match the source: " + Sentence(differences)
        ) with
        {
            Expected = $"{manifest!.Tables.Sum(t => t.Rows)} rows in {manifest.Tables.Count} tables",
            Actual = $"{found.Sum(t => t.Rows)} rows in {found.Count} tables",
        };
    }

    private CheckResult CompareDigests(IReadOnlyList<TableContent> found)
    {
        var open = manifest!.Tables.Where(t => t.Digest is null).Select(t => t.Table).ToList();
        var differences = Differences(found, t => t.Digest, null);
        if (differences.Count == 0 && open.Count > 0)
            return NotRun(
                Digests,
                $"The values of {Sentence(open).TrimEnd('.')} could not be read in the source; those of the other tables match.",
                "See the warnings of the backup for the reason."
            );
        return Answer(
            Digests,
            differences.Count == 0,
            differences.Count == 0
                ? $"Every value of all {manifest!.Tables.Count} tables matches the source."
                : "Values do not match the source: " + Sentence(differences)
        );
    }

    private List<string> Differences(IReadOnlyList<TableContent> found, Func<TableContent, string?> value, string? unit)
    {
        var now = found.ToDictionary(t => t.Table, value, StringComparer.Ordinal);
        var before = manifest!.Tables.ToDictionary(t => t.Table, value, StringComparer.Ordinal);
        var differences = new List<string>();
        foreach (var (table, expected) in before)
        {
            if (!now.TryGetValue(table, out var actual))
                differences.Add($"{table} is missing");
            else if (expected is not null && !string.Equals(expected, actual, StringComparison.Ordinal))
                differences.Add(unit is null ? table : $"{table} has {actual} {unit}, not {expected}");
        }

        differences.AddRange(now.Keys.Where(t => !before.ContainsKey(t)).Select(t => $"{t} is not in the source"));
        return differences;
    }

    private static string Sentence(List<string> differences) =>
        string.Join("; ", differences.Take(NamesShown))
        + (differences.Count > NamesShown ? $"; and {differences.Count - NamesShown} more." : ".");

    private CheckResult Answer(string name, bool passed, string message) =>
        new()
        {
            Database = display,
            Name = name,
            Category = CheckCategory.Backup,
            Status = passed ? CheckStatus.Pass : CheckStatus.Fail,
            Message = message,
            NextStep = passed ? null : Distrust,
        };

    private CheckResult NotRun(string name, string message, Advice? recommendation = null) =>
        new()
        {
            Database = display,
            Name = name,
            Category = CheckCategory.Backup,
            Status = CheckStatus.NotRun,
            Message = message,
            NextStep = recommendation,
        };
}
