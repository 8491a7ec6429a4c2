using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Migrations.Extensions.Hosting;

/// <summary>
/// Whether the database is where the application's migrations expect it: healthy with nothing pending, edited, missing or failed;
/// unhealthy when it cannot be reached. Added with <c>AddHealthChecks().AddCheck&lt;MigrationsHealthCheck&gt;("migrations")</c>.
/// </summary>
/// <param name="migrators">The application's databases.</param>
public sealed class MigrationsHealthCheck(IEnumerable<Migrator> migrators) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        var problems = new List<string>();
        try
        {
            foreach (var migrator in migrators)
            {
                var status = await migrator.GetSummaryAsync(cancellationToken).ConfigureAwait(false);
                if (!status.Exists)
                    problems.Add($"{status.Database} does not exist.");
                else if (!status.Healthy || status.Pending > 0)
                    problems.Add($"{status.Database}: {status.Pending} pending, {status.Failed} failed; see 'migrations status'.");
            }
        }
        catch (MigrationException e)
        {
            return new HealthCheckResult(
                context.Registration.FailureStatus,
                $"{e.MessageIn(Spelling.Library)} " + $"{e.NextStep.Spell(Spelling.Library)}",
                e
            );
        }

        return problems.Count == 0
            ? HealthCheckResult.Healthy("All migrations are applied.")
            : new HealthCheckResult(context.Registration.FailureStatus, string.Join(" ", problems));
    }
}
