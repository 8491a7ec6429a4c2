using Migrations.Databases;
using Migrations.Planning;
using Migrations.Running;

namespace Migrations;

/// <summary>
/// Runs SQL that is no migration in one database: seed data, a fix, a question. It runs under the migration lock, in one transaction with
/// its row of the history (an event <c>ran</c>), unless it cannot run in one.
/// </summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database.</param>
/// <param name="options">How to connect.</param>
public sealed class DatabaseScriptRunner(IDatabaseDriver driver, DatabaseTarget target, MigratorOptions? options = null)
{
    private readonly RunContext _context = new(driver, target, source: "", options ?? new MigratorOptions());

    /// <summary>What running it would do. Runs none of it, and changes nothing.</summary>
    /// <exception cref="MigrationException">The script cannot be run as it is, or the database is missing or refuses.</exception>
    public async Task<DatabaseScriptPlan> PlanAsync(DatabaseScriptRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var script = DatabaseScript.Read(_context, request, cancellationToken);
        var session = await _context.OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var forecast = await script.ForecastAsync(session.Inspector, cancellationToken).ConfigureAwait(false);
            return new DatabaseScriptPlan(script.Name, script.File, script.Script, forecast.Losses);
        }
    }

    /// <summary>
    /// Runs it. In a database without a history the history's table is created, as <see cref="Migrator.ApplyAsync"/> does. Rows are handed
    /// on once everything is committed and the lock is free. In a database that can only be read (a standby, a file that may not be
    /// written), queries run without the lock and are not recorded, which is a warning.
    /// </summary>
    /// <exception cref="DataLossException">Rows or values would go, or may, and that was not accepted.</exception>
    /// <exception cref="MigrationException">It failed and was rolled back, or the database is missing or refuses.</exception>
    public async Task<DatabaseScriptResult> RunAsync(DatabaseScriptRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var script = DatabaseScript.Read(_context, request, cancellationToken);
        using var spool = request.Rows is null ? null : new RowSpool();
        var result = await RunOrReadAsync(script, request, spool, cancellationToken).ConfigureAwait(false);
        spool?.CopyTo(request.Rows!, cancellationToken);
        return result;
    }

    private async Task<DatabaseScriptResult> RunOrReadAsync(
        DatabaseScript script,
        DatabaseScriptRequest request,
        RowSpool? spool,
        CancellationToken cancellationToken
    )
    {
        var queries = new QueryRun(_context);
        try
        {
            return await RunAsync(script, request, spool, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseReadOnly && queries.IsOf(script))
        {
            return await queries.RunAsync(script, spool, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<DatabaseScriptResult> RunAsync(
        DatabaseScript script,
        DatabaseScriptRequest request,
        RowSpool? spool,
        CancellationToken cancellationToken
    )
    {
        var session = await _context.OpenAsync(SessionAccess.Write, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var held = await session.LockAsync(cancellationToken).ConfigureAwait(false);
            await using (held.ConfigureAwait(false))
            {
                await DemandAsync(session, script, request, cancellationToken).ConfigureAwait(false);
                return await new ScriptRun(_context, session)
                    .RunAsync(script, spool, beforeCommit: null, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
    }

    /// <summary>What is lost must be accepted; and what is lost or overwritten must be of the environment that is named.</summary>
    private async Task DemandAsync(
        IDatabaseSession session,
        DatabaseScript script,
        DatabaseScriptRequest request,
        CancellationToken cancellationToken
    )
    {
        var forecast = await script.ForecastAsync(session.Inspector, cancellationToken).ConfigureAwait(false);
        if (!request.AcceptDataLoss && forecast.IsLossy)
            throw new DataLossException(
                target.Display,
                [.. forecast.Losses.Where(l => l.IsLossy)],
                $"Running {script.Name}",
                "Nothing was run."
            );
        await forecast
            .DemandStampAsync(script.Name, () => session.History.FindAllAsync(cancellationToken), _context.Options.Stamp, target)
            .ConfigureAwait(false);
    }
}
