using System.Globalization;
using Migrations.Databases;
using Migrations.Folders;
using Migrations.Variables;

namespace Migrations.Integrity;

/// <summary>
/// The checklist that a migration passes before it is run: named by the rules, has a rollback, applies on empty and on populated data, its
/// rollback was tried, its duration is known, and a proven backup is there.
/// </summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database.</param>
/// <param name="source">The migrations: a folder's path, or scripts that an assembly carries.</param>
/// <param name="options">How to read and to connect.</param>
public sealed class MigrationChecklist(
    IDatabaseDriver driver,
    DatabaseTarget target,
    MigrationSource source,
    MigratorOptions? options = null
)
{
    private readonly MigratorOptions _options = options ?? new MigratorOptions();

    /// <summary>Rehearses on an empty copy and on one with all rows, and answers every item for every migration.</summary>
    /// <param name="rehearsal">What is rehearsed; whether with rows is decided here.</param>
    /// <param name="checks">Where backups are, and how old the newest may be.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">The folder is bad, the database is missing or refuses, or <see
    /// cref="ErrorId.ScratchUnavailable"/>.</exception>
    public async Task<IReadOnlyList<CheckResult>> RunAsync(
        RehearsalRequest rehearsal,
        CheckRequest checks,
        CancellationToken cancellationToken = default
    )
    {
        var read = VariableBinding.ReadFolder(source, _options.Folder, driver.Dialect, cancellationToken);
        var runner = new Rehearsal(driver, target, source, _options);
        var empty = await runner.RunAsync(rehearsal with { WithData = false, Checks = false }, cancellationToken).ConfigureAwait(false);
        var populated = rehearsal.All
            ? null
            : await runner.RunAsync(rehearsal with { WithData = true, Checks = false }, cancellationToken).ConfigureAwait(false);
        var backup = await BackupChecks.AskAsync(driver, target, checks, DateTimeOffset.UtcNow, cancellationToken).ConfigureAwait(false);
        return [.. Judge(read, empty, populated, backup, checks.MaxDuration).Select(r => r.Of(target, _options.Service, source.Name))];
    }

    /// <summary>Answers the items. Pure.</summary>
    internal static IEnumerable<CheckResult> Judge(
        MigrationFolder read,
        RehearsalReport empty,
        RehearsalReport? populated,
        CheckResult backup,
        TimeSpan? maxDuration = null
    )
    {
        foreach (var result in empty.Results)
        {
            var migration = read.Migrations.First(m => string.Equals(m.FullName, result.Name, StringComparison.Ordinal));
            var withRows = populated?.Results.FirstOrDefault(r => string.Equals(r.Name, result.Name, StringComparison.Ordinal));
            yield return Naming(read, migration);
            yield return Item(
                migration,
                "rollback-exists",
                migration.HasUndo || migration.IsIrreversible ? CheckStatus.Pass : CheckStatus.Warn,
                migration.HasUndo ? "There is a down script."
                    : migration.IsIrreversible ? "It is declared irreversible."
                    : "There is no down script.",
                "Write one, or declare the migration irreversible in the header of the up script: -- Irreversible: yes"
            );
            yield return Applies(migration, "applies-on-empty-data", result, "no rehearsal reached it");
            yield return Applies(
                migration,
                "applies-on-populated-data",
                withRows is { WithData: true } ? withRows : null,
                "there is no copy with rows to test it on"
            );
            yield return Tested(migration, withRows ?? result);
            yield return Lasts(migration, withRows ?? result, maxDuration);
            yield return Item(migration, "backup-made", backup.Status, backup.Message, backup.NextStep);
        }
    }

    private static CheckResult Naming(MigrationFolder read, Migration migration)
    {
        var files = new[] { migration.Up.File, migration.Down?.File };
        var warnings = read.Warnings.Where(w => files.Contains(w.Location.File, StringComparer.Ordinal)).ToList();
        return Item(
            migration,
            "naming",
            warnings.Count == 0 ? CheckStatus.Pass : CheckStatus.Warn,
            warnings.Count == 0 ? "Its files are named correctly." : string.Join(' ', warnings.Select(w => w.Message)),
            Advice.Join(warnings.Select(w => w.Remedy))
        );
    }

    private static CheckResult Applies(Migration migration, string item, RehearsalResult? result, string why) =>
        result switch
        {
            null => Item(migration, item, CheckStatus.NotRun, $"Not tested: {why}.", recommendation: null),
            { Applies: false, NotRun: { } reason } => Item(
                migration,
                item,
                CheckStatus.NotRun,
                $"Not tested: {reason}",
                result.Failure?.NextStep
            ),
            { Applies: true } => Item(migration, item, CheckStatus.Pass, "It applies.", recommendation: null),
            _ => Item(migration, item, CheckStatus.Fail, "It cannot be applied: " + result.Failure?.Message, result.Failure?.NextStep),
        };

    private static CheckResult Tested(Migration migration, RehearsalResult result) =>
        result.UndoVerdict switch
        {
            UndoVerdict.Proven => Item(
                migration,
                "rollback-tested",
                CheckStatus.Pass,
                "Its undo restores the previous state, and it can be applied again.",
                recommendation: null
            ),
            UndoVerdict.SameButColumnOrder => Item(
                migration,
                "rollback-tested",
                CheckStatus.Pass,
                "Its undo restores the previous state except for the order of columns, and it can be applied again.",
                recommendation: null
            ),
            UndoVerdict.SchemaOnly => Item(
                migration,
                "rollback-tested",
                CheckStatus.Warn,
                "Its undo restores the schema. There were no rows whose values could be compared.",
                "Rehearse it on a database whose tables contain rows."
            ),
            UndoVerdict.NotRun when result.NotRun is { } reason => Item(
                migration,
                "rollback-tested",
                CheckStatus.NotRun,
                $"Not tested: {reason}",
                result.Failure?.NextStep
            ),
            UndoVerdict.None or UndoVerdict.NotRun => Item(
                migration,
                "rollback-tested",
                CheckStatus.NotRun,
                "There is no down script to test.",
                recommendation: null
            ),
            _ => Item(
                migration,
                "rollback-tested",
                CheckStatus.Fail,
                result.Fault ?? "Its undo failed.",
                "Correct the down script, and rehearse again."
            ),
        };

    private static CheckResult Lasts(Migration migration, RehearsalResult result, TimeSpan? maxDuration)
    {
        if (!result.Applies)
            return Item(migration, "duration", CheckStatus.NotRun, "It was not applied.", recommendation: null);
        var taken = string.Create(
            CultureInfo.InvariantCulture,
            $"It took {result.Duration.TotalMilliseconds:0} ms on {(result.WithData ? "a copy with all rows" : "a copy without rows")}"
        );
        return maxDuration is not { } most || result.Duration <= most
            ? Item(migration, "duration", CheckStatus.Pass, taken + ".", recommendation: null)
            : Item(
                migration,
                "duration",
                CheckStatus.Fail,
                string.Create(CultureInfo.InvariantCulture, $"{taken}; {most.TotalSeconds:0.###} s are allowed."),
                $"Split it, do the slow part outside of the deployment, or allow more with {CallOption.MaxDuration}."
            );
    }

    private static CheckResult Item(Migration migration, string name, CheckStatus status, string message, Advice? recommendation) =>
        new()
        {
            Name = name,
            Category = CheckCategory.Checklist,
            Status = status,
            Message = message,
            NextStep = status == CheckStatus.Pass ? null : recommendation,
            Target = migration.FullName,
        };
}
