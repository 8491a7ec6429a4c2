using Migrations.Integrity;
using Migrations.Running;

namespace Migrations;

/// <summary>Checks the database after a run, while the lock is still held, and fails the run when a check fails.</summary>
/// <param name="context">The database and the folder.</param>
/// <param name="request">Which checks; null: none.</param>
internal sealed class RunCheck(RunContext context, CheckRequest? request)
{
    /// <summary>Runs the checks, even when nothing was pending: a run that is repeated after a failed check must not pass.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.CheckFailed"/>: names all that failed; or the checks could not be
    /// made.</exception>
    public async Task DemandAsync(IReadOnlyList<MigrationResult> results, CancellationToken cancellationToken)
    {
        if (request is null)
            return;
        var checks = await CheckAsync(request, results, cancellationToken).ConfigureAwait(false);
        // A single check reports its own result; a whole category that could not run must not look like one that passed.
        foreach (
            var open in checks.Where(c =>
                c.Status == CheckStatus.NotRun && string.Equals(c.Name, c.Category.Word(), StringComparison.Ordinal)
            )
        )
            context.Warn($"After the run, '{open.Name}' was not checked: {open.Message}");
        var failed = checks.Where(c => c.Status == CheckStatus.Fail).ToList();
        if (failed.Count == 0)
            return;
        throw new MigrationException(
            ErrorId.CheckFailed,
            $"{(results.Count == 0 ? "Nothing was pending" : "The migrations were applied")}, and "
                + $"{(failed.Count == 1 ? "a check" : $"{failed.Count} checks")} "
                + $"failed:{string.Concat(failed.Select(c => $"\n  {c.Name}: {c.Message}"))}",
            $"See the results of all checks: {Call.Check}"
        )
        {
            Applied = results,
            LeftBehind = results.Count > 0,
        };
    }

    /// <summary>What was applied stays applied, whatever becomes of the checks.</summary>
    private async Task<IReadOnlyList<CheckResult>> CheckAsync(
        CheckRequest wanted,
        IReadOnlyList<MigrationResult> results,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await new IntegrityChecker(context.Driver, context.Target, context.Source, context.Options)
                .CheckAsync(wanted, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new MigrationException(
                ErrorId.Cancelled,
                results.Count == 0
                    ? "The checks were cancelled."
                    : "The migrations were applied, but the checks after them were cancelled.",
                $"Run the checks again: {Call.Check}",
                e
            )
            {
                Applied = results,
            };
        }
        catch (MigrationException e)
        {
            e.Applied = results;
            throw;
        }
    }
}
