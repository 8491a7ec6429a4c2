using Migrations.Databases;
using Migrations.Events;
using Migrations.Linting;
using Migrations.Planning;

namespace Migrations;

/// <summary>
/// Writes the safe steps of findings as files of the migration folder: what is left of the script, and the migrations that follow it.
/// Before that it runs all pending migrations on two copies of the database with its rows, once as they are and once with the steps, and
/// undoes them where they can be undone. Only when schema and rows are the same each time is anything written.
/// </summary>
/// <param name="driver">The driver of the database.</param>
/// <param name="target">The database.</param>
/// <param name="folder">The migration folder.</param>
/// <param name="options">How to read and to connect.</param>
public sealed class ScriptRewriter(IDatabaseDriver driver, DatabaseTarget target, string folder, MigratorOptions? options = null)
{
    private readonly MigratorOptions _options = options ?? new MigratorOptions();

    private MigratorOptions Quiet => _options with { Session = _options.Session with { Events = NullEventSink.Instance } };

    /// <summary>The error of a rewrite without a database.</summary>
    public static MigrationException NeedsDatabase() =>
        new(
            ErrorId.UsageInvalid,
            "The safe steps are proven on copies of a database before they are written, and no database is given.",
            $"Specify a database with the rows of production, or a copy of it: {CallOption.Database}"
        );

    /// <summary>Writes what can be proven.</summary>
    /// <param name="findings">What was found in the pending migrations.</param>
    /// <param name="write">Whether files are written; else only what would be.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The findings, each with its files, or with the reason why it has none.</returns>
    /// <exception cref="MigrationException">The database cannot be copied, or the files cannot be written.</exception>
    public async Task<IReadOnlyList<LintFinding>> RewriteAsync(
        IReadOnlyList<LintFinding> findings,
        bool write = true,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(findings);
        var result = findings.ToList();
        foreach (var group in findings.Where(f => f.Rewrite.Count > 0).GroupBy(f => f.Migration, StringComparer.Ordinal))
        {
            List<LintFinding> writable = [.. group.Where(StepFiles.CanBeWritten)];
            var (files, reason) =
                writable.Count == 0
                    ? ([], "its steps need values or a decision of yours")
                    : await RewriteAsync(group.Key, writable, write, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < result.Count; i++)
            {
                if (group.Contains(result[i]))
                    result[i] = writable.Contains(result[i])
                        ? result[i] with
                        {
                            Written = files,
                            NotWritten = reason,
                        }
                        : result[i] with
                        {
                            NotWritten = "its steps need values or a decision of yours",
                        };
            }
        }

        return result;
    }

    private async Task<(IReadOnlyList<string> Files, string? Reason)> RewriteAsync(
        string name,
        List<LintFinding> findings,
        bool write,
        CancellationToken cancellationToken
    )
    {
        var migrator = new Migrator(driver, target, folder, Quiet);
        var plan = await migrator.PlanApplyAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        var migration = plan.Steps.Select(s => s.Migration).FirstOrDefault(m => string.Equals(m.FullName, name, StringComparison.Ordinal));
        if (Obstacle(plan, migration) is { } obstacle)
            return ([], obstacle);
        string? reason = null;
        // A table without a key is changed as a whole.
        foreach (var inBatches in (bool[])[true, false])
        {
            if (!inBatches && !findings.Exists(f => f.Rewrite.Any(s => s.Place == Sql.LintStepPlace.Batches)))
                break;
            if (StepFiles.Of(driver.Dialect, migration!, findings, inBatches) is not { } steps)
                return ([], "the statement is not in its file as it runs");
            using var copy = new StepFolder(folder);
            copy.Write(migration!, steps);
            reason = await DifferenceAsync(plan, copy.Path, cancellationToken).ConfigureAwait(false);
            if (reason is null)
                return (write ? copy.Commit() : copy.Changed, null);
        }

        return ([], reason);
    }

    private static string? Obstacle(MigrationPlan plan, Migration? migration) =>
        migration is null ? "it is not pending"
        : plan.Steps.Any(s => s.Script.Code is not null) ? "a pending migration is code, which no copy runs"
        : migration.Layout == MigrationLayout.Sections ? "both halves are in one file"
        : migration.IsRepeatable ? "it is repeatable"
        : null;

    private async Task<string?> DifferenceAsync(MigrationPlan plan, string steps, CancellationToken cancellationToken)
    {
        List<ReachedEnd> unsafeEnds;
        try
        {
            unsafeEnds = await EndsAsync(folder, plan, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Category is FailureCategory.Statement or FailureCategory.Data)
        {
            return $"the pending migrations fail on a copy as they are: {e.Message}";
        }

        try
        {
            var ends = await EndsAsync(steps, plan, cancellationToken).ConfigureAwait(false);
            return unsafeEnds.Count != ends.Count
                ? "they cannot be undone as before"
                : unsafeEnds.Zip(ends, (a, b) => a.DifferenceTo(b)).FirstOrDefault(d => d is not null);
        }
        catch (MigrationException e)
            when (e.Category is not (FailureCategory.Connection or FailureCategory.Cancelled or FailureCategory.NotFound))
        {
            return $"the steps fail on a copy: {e.Message}";
        }
    }

    /// <summary>What a copy holds when all has run, and, where all can be undone, when it was.</summary>
    private async Task<List<ReachedEnd>> EndsAsync(string from, MigrationPlan plan, CancellationToken cancellationToken)
    {
        var request = new ScratchRequest
        {
            Origin = target,
            Content = ScratchContent.Data,
            Scripts = [.. plan.Steps.SelectMany(s => s.Migration.Down is { } down ? (MigrationScript[])[s.Script, down] : [s.Script])],
            Prepared = true,
            Session = Quiet.Session,
        };
        var scratch = await driver.Scratch.CreateAsync(request, cancellationToken).ConfigureAwait(false);
        await using var _ = scratch.ConfigureAwait(false);
        var migrator = new Migrator(driver, scratch.Target, from, Quiet);
        var todo = await migrator.PlanApplyAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        await migrator.ApplyAsync(new ApplyRequest(), cancellationToken).ConfigureAwait(false);
        List<ReachedEnd> ends = [await ReadAsync(scratch, cancellationToken).ConfigureAwait(false)];
        if (!todo.Steps.All(s => s.Migration.HasUndo))
            return ends;
        var undo = new UndoRequest { Last = todo.Steps.Count, AcceptDataLoss = true };
        await migrator.UndoAsync(undo, cancellationToken).ConfigureAwait(false);
        ends.Add(await ReadAsync(scratch, cancellationToken).ConfigureAwait(false));
        return ends;
    }

    private async Task<ReachedEnd> ReadAsync(IScratchDatabase scratch, CancellationToken cancellationToken)
    {
        var session = await driver
            .OpenAsync(scratch.Target, Quiet.Session with { Access = SessionAccess.Write }, cancellationToken)
            .ConfigureAwait(false);
        await using var _ = session.ConfigureAwait(false);
        return new ReachedEnd(
            await session.Inspector.ReadSchemaAsync(cancellationToken).ConfigureAwait(false),
            await scratch.ReadValuesAsync(session, digests: true, cancellationToken).ConfigureAwait(false)
        );
    }
}
