using System.Diagnostics;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Asks SQLite itself whether a database is sound.</summary>
/// <param name="handle">The connection.</param>
/// <param name="thorough">Whether every page and index entry is read.</param>
/// <param name="cancellationToken">Stops it.</param>
internal sealed class SqliteEngineChecks(SqliteHandle handle, bool thorough, CancellationToken cancellationToken)
{
    private const int MostFindings = 100;
    private const int MostShown = 5;
    private static readonly Advice RestoreIt =
        $"Restore the newest proven backup ('{Call.Restore.With(CallOption.Latest).With(CallOption.From.Of("<folder>"))}'); without one, "
        + $"'{Call.Restore.With(CallOption.Salvage)}' saves what can still be read.";

    private readonly List<CheckResult> _results = [];

    /// <summary>Asks everything.</summary>
    /// <exception cref="SqliteFailure">Another connection stands in the way.</exception>
    public IReadOnlyList<CheckResult> Run()
    {
        Ask(RowFindings.Check, CheckIntegrity);
        Ask("foreign-keys-enforced", CheckEnforcement);
        Ask(ForeignKeyCheck.Name, _ => new ForeignKeyCheck(handle, cancellationToken).Run());
        Ask("full-text-index", CheckFullText);
        Ask("statistics", CheckStatistics);
        return _results;
    }

    // A question that the damage keeps from being asked is answered by that.
    private void Ask(string name, Func<string, IEnumerable<CheckResult>> question)
    {
        var clock = Stopwatch.StartNew();
        List<CheckResult> answers;
        try
        {
            answers = [.. question(name)];
        }
        catch (SqliteFailure e) when (!e.IsBusy && !cancellationToken.IsCancellationRequested)
        {
            answers =
            [
                Result(name, CheckStatus.Fail, $"SQLite could not answer: {e.Message} [{e.CodeText}].") with
                {
                    NextStep = RestoreIt,
                },
            ];
        }

        cancellationToken.ThrowIfCancellationRequested();
        _results.AddRange(answers.Select(a => a with { Duration = clock.Elapsed }));
    }

    private IEnumerable<CheckResult> CheckIntegrity(string name)
    {
        var pragma = thorough ? "integrity_check" : "quick_check";
        var all = Findings($"PRAGMA main.{pragma}({MostFindings})");
        if (all is ["ok"])
            return [Result(name, CheckStatus.Pass, $"{pragma} found nothing.")];
        var byTable = SqliteSchemaItem
            .Read(handle)
            .Where(i => i.IsPlainTable && !i.IsSystem)
            .Select(table => (table.Name, Found: Findings($"PRAGMA main.{pragma}({SqliteNames.Quote(table.Name)})")))
            .Where(t => t.Found is not ["ok"])
            .Select(t => Damaged(name, SqliteNames.Show(t.Name), $"'{t.Name}' is damaged", t.Found))
            .ToList();
        return byTable.Count > 0 ? byTable : [Damaged(name, target: null, "The file is damaged", all)];
    }

    // A check that meets damage says what it has found, and then may fail on it.
    private List<string> Findings(string pragma)
    {
        var found = new List<string>();
        try
        {
            using var rows = handle.Prepare(pragma);
            while (rows.Step())
                found.AddRange(
                    (rows.Text(0) ?? "")
                        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                        .Where(l => !l.StartsWith("***", StringComparison.Ordinal))
                );
        }
        catch (SqliteFailure e) when (!e.IsBusy && !cancellationToken.IsCancellationRequested)
        {
            found.Add($"{e.Message} [{e.CodeText}]");
        }

        return found;
    }

    private static CheckResult Damaged(string name, string? target, string what, List<string> found)
    {
        var isOfRows = found.TrueForAll(RowFindings.IsOne);
        // Rows of one kind are many findings in the same words.
        var shown = found
            .Take(MostFindings)
            .GroupBy(f => f, StringComparer.Ordinal)
            .Select(g => g.Count() == 1 ? g.Key : $"{g.Key} ({RowFindings.Rows(g.Count())})")
            .ToList();
        return Result(
            name,
            CheckStatus.Fail,
            $"{(isOfRows ? what.Replace("is damaged", "holds rows that its own rules do not allow", StringComparison.Ordinal) : what)}: "
                + $"{string.Join("; ", shown.Take(MostShown))}{(shown.Count > MostShown ? "; ..." : "")}."
        ) with
        {
            Expected = "ok",
            Actual = found.Count >= MostFindings ? $"at least {found.Count} findings" : $"{found.Count} findings",
            Target = target,
            NextStep = Cure(target, found, isOfRows),
            Faults = isOfRows ? RowFindings.Faults(found) : [],
        };
    }

    private static Advice Cure(string? target, List<string> found, bool isOfRows)
    {
        if (isOfRows && target is null)
            return "Correct the rows.";
        if (isOfRows)
        {
            var searches = found.Select(f => RowFindings.Search(target!, f)).Distinct(StringComparer.Ordinal).Take(MostShown);
            return "Find the rows, and correct them: " + string.Join(' ', searches);
        }

        // An index is made from its table: it can be rebuilt.
        return found.TrueForAll(f => f.Contains("index", StringComparison.OrdinalIgnoreCase))
            ? $"Rebuild the indexes: REINDEX{(target is null ? "" : " " + target)};"
            : RestoreIt;
    }

    private IEnumerable<CheckResult> CheckEnforcement(string name)
    {
        yield return handle.QueryInt64("PRAGMA foreign_keys") == 1
            ? Result(
                name,
                CheckStatus.Pass,
                "Foreign keys are enforced on this connection. Each program decides for its own connections (PRAGMA foreign_keys=ON)."
            )
            : Result(
                name,
                CheckStatus.Fail,
                $"The SQLite library ({handle.QueryText("SELECT sqlite_version()")}) does not enforce foreign keys."
            ) with
            {
                NextStep = $"Name another library in {SqliteLibrary.OverrideVariable}.",
            };
    }

    private IEnumerable<CheckResult> CheckFullText(string name) =>
        SqliteSchemaItem.Read(handle).Where(i => i.Module is "fts3" or "fts4" or "fts5").Select(table => FullText(name, table)).ToList();

    // The check is asked for by an INSERT that writes nothing: it needs the right to write, and is rolled back.
    private CheckResult FullText(string name, SqliteSchemaItem table)
    {
        var target = SqliteNames.Show(table.Name);
        if (!thorough)
            return OfIndex(CheckStatus.NotRun, "is only read by a thorough check.") with
            {
                NextStep = $"Have it read: {Call.Check.With(CallOption.Category.Of("engine")).With(CallOption.Thorough)}",
            };
        if (handle.IsReadOnly)
            return OfIndex(CheckStatus.NotRun, "cannot be checked, because the file can only be read.") with
            {
                NextStep = "Check as a user who may write the file and its folder.",
            };
        try
        {
            var quoted = SqliteNames.Quote(table.Name);
            // With a rank, an index whose text is kept elsewhere is compared with it too
            // (https://sqlite.org/fts5.html#the_integrity_check_command).
            var insert = table.Module is "fts5"
                ? $"INSERT INTO main.{quoted}({quoted}, rank) VALUES ('integrity-check', 1)"
                : $"INSERT INTO main.{quoted}({quoted}) VALUES ('integrity-check')";
            RolledBackProbe.Run(handle, () => handle.Execute(insert));
            return OfIndex(CheckStatus.Pass, "fits its text.");
        }
        catch (SqliteFailure e) when (!cancellationToken.IsCancellationRequested)
        {
            return e.PrimaryCode == SqliteCodes.Corrupt
                ? OfIndex(CheckStatus.Fail, $"does not fit its text: {e.Message} [{e.CodeText}].") with
                {
                    NextStep = $"Rebuild it: INSERT INTO {target}({target}) VALUES ('rebuild');",
                }
                : OfIndex(CheckStatus.NotRun, $"could not be checked: {e.Message} [{e.CodeText}].");
        }

        CheckResult OfIndex(CheckStatus status, string what) =>
            Result(name, status, $"The index of '{table.Name}' {what}") with
            {
                Target = target,
            };
    }

    private IEnumerable<CheckResult> CheckStatistics(string name)
    {
        var tables = SqliteSchemaItem
            .Read(handle)
            .Where(i => i.Type is "index" && !i.IsInternal && i.Sql is not null)
            .Select(i => i.Table)
            .Distinct(SqliteNames.Comparer)
            .ToList();
        var hasStatistics =
            handle.QueryInt64("SELECT 1 FROM main.sqlite_master WHERE name = 'sqlite_stat1'") is not null
            && handle.QueryInt64("SELECT 1 FROM main.sqlite_stat1 LIMIT 1") is not null;
        if (hasStatistics)
            yield return Result(name, CheckStatus.Pass, "Statistics have been gathered.");
        else if (
            tables.FindAll(t => handle.QueryInt64($"SELECT 1 FROM main.{SqliteNames.Quote(t)} LIMIT 1") is not null) is { Count: > 0 } open
        )
            yield return WithoutStatistics(name, open);
        else
            yield return Result(name, CheckStatus.Pass, "There are no indexes on tables with rows.");
    }

    private static CheckResult WithoutStatistics(string name, List<string> tables)
    {
        var names = string.Join(", ", tables.Take(MostShown).Select(SqliteNames.Show)) + (tables.Count > MostShown ? ", ..." : "");
        return Result(
            name,
            CheckStatus.Warn,
            $"Statistics were never gathered, so SQLite chooses among the indexes of {names} by guessing."
        ) with
        {
            Actual = names,
            Target = tables.Count == 1 ? SqliteNames.Show(tables[0]) : null,
            NextStep = "Run ANALYZE; (or PRAGMA optimize;).",
        };
    }

    private static CheckResult Result(string name, CheckStatus status, string message) =>
        new()
        {
            Name = name,
            Category = CheckCategory.Engine,
            Status = status,
            Message = message,
        };
}
