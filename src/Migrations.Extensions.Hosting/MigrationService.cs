using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Migrations.Extensions.Hosting;

/// <summary>
/// Brings the database to the newest migration before anything of the host starts: all <c>StartingAsync</c> come before the first
/// <c>StartAsync</c>, see <see href="https://learn.microsoft.com/dotnet/core/extensions/generic-host#host-lifetime-service-events"/>.
/// </summary>
internal sealed class MigrationService(Migrator migrator, HostedMigrationOptions options, ILogger<Migrator> logger)
    : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (options.Apply)
                logger.Finished((await migrator.ApplyAsync(options.Request, cancellationToken).ConfigureAwait(false)).Count);
            else
                await DemandNoneAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e)
        {
            logger.Failed(e, e.MessageIn(Spelling.Library), e.NextStep.Spell(Spelling.Library));
            throw;
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task DemandNoneAsync(CancellationToken cancellationToken)
    {
        var pending = (await migrator.PlanApplyAsync(options.Request, cancellationToken).ConfigureAwait(false)).Steps;
        if (pending.Count > 0)
            throw new MigrationException(
                ErrorId.CheckFailed,
                $"The application does not apply migrations itself, and {pending.Count} "
                    + $"{(pending.Count == 1 ? "is" : "are")} pending: {string.Join(", ", pending.Select(s => s.Migration.FullName))}.",
                "Apply them before the application starts, with the command 'migrations up' or with Migrator.ApplyAsync."
            );
    }
}
