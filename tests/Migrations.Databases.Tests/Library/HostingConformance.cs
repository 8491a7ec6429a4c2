using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Migrations.Extensions.Hosting;

namespace Migrations.Databases.Tests.Library;

/// <summary>Migrations that are applied when a host starts.</summary>
public abstract class HostingConformance(DatabaseKind kind) : Conformance(kind)
{
    private readonly RecordingLogger _log = new();

    private IHost Host(Action<HostedMigrationOptions>? configure = null, Action<IServiceCollection>? services = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Logging.AddProvider(_log).SetMinimumLevel(LogLevel.Debug);
        services?.Invoke(builder.Services);
        builder.Services.AddMigrations(_ => Database.Address, Folder, configure);
        builder.Services.AddHealthChecks().AddCheck<MigrationsHealthCheck>("migrations");
        return builder.Build();
    }

    private static async Task<HealthReportEntry> HealthAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["migrations"];

    [Fact]
    public async Task What_is_pending_is_applied_before_any_hosted_service_starts()
    {
        ThreeTables();
        var seen = "nothing";
        // Registered first: it would start first.
        using var host = Host(services: s => s.AddHostedService(_ => new Server(async () => seen = await TablesAsync())));
        Assert.Equal(HealthStatus.Unhealthy, (await HealthAsync(host)).Status);
        await host.StartAsync();
        Assert.Equal("a, b, c", seen);
        Assert.Contains(_log.Lines, l => l.StartsWith("Information Up 002_b: done in ", StringComparison.Ordinal));
        Assert.Contains("Information The database is up to date; 3 migrations were applied.", _log.Lines);
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(host)).Status);
        Assert.Equal(3, (await host.Services.GetRequiredService<Migrator>().GetStatusAsync()).Count);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_failing_migration_stops_the_start_and_is_logged()
    {
        ThreeTables();
        Migration("004_d", "CREATE TABLE d (id integer);\nSELECT * FROM nowhere;\n");
        var served = false;
        using var host = Host(services: s => s.AddHostedService(_ => new Server(() => Task.FromResult(served = true))));
        await Assert.ThrowsAsync<StatementException>(() => host.StartAsync());
        Assert.False(served);
        Assert.Contains(
            _log.Lines,
            l => l.StartsWith("Critical ", StringComparison.Ordinal) && l.Contains("004_d", StringComparison.Ordinal)
        );
        foreach (var secret in Database.Secrets)
            Assert.All(_log.Lines, l => Assert.DoesNotContain(secret, l, StringComparison.Ordinal));
        var health = await HealthAsync(host);
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("1 pending, 1 failed", health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_application_that_must_not_apply_does_not_start_while_some_are_pending()
    {
        ThreeTables();
        using (var host = Host(o => o.Apply = false))
        {
            var error = await ThrowsAsync<MigrationException>(ErrorId.CheckFailed, () => host.StartAsync());
            Assert.Contains("3 are pending: 001_a, 002_b, 003_c", error.Message, StringComparison.Ordinal);
            Assert.Equal("", await TablesAsync());
        }

        await ApplyAsync();
        using var other = Host(o => o.Apply = false);
        await other.StartAsync();
        await other.StopAsync();
    }

    [Fact]
    public async Task Ten_hosts_that_start_at_once_apply_each_migration_once()
    {
        ThreeTables();
        var hosts = Enumerable.Range(0, 10).Select(_ => Host()).ToList();
        await Task.WhenAll(hosts.Select(h => h.StartAsync()));
        Assert.Equal("001_a applied, 002_b applied, 003_c applied", await JournalAsync());
        foreach (var host in hosts)
        {
            await host.StopAsync();
            host.Dispose();
        }
    }

    [Fact]
    public async Task A_database_is_found_by_its_form_and_a_relative_folder_is_the_applications()
    {
        ThreeTables();
        var relative = Path.GetRelativePath(AppContext.BaseDirectory, Folder);
        Assert.Equal("001_a, 002_b, 003_c", Names(await Migrator.For(Database.Address, relative, EngineOptions()).ApplyAsync()));
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.TargetInvalid,
            () => Migrator.For("mysql://root:secret@db/shop", Folder).ApplyAsync()
        );
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    private sealed class Server(Func<Task> start) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => start();

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class RecordingLogger : ILoggerProvider, ILogger
    {
        private readonly Lock _gate = new();
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_gate)
                    return [.. _lines];
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            lock (_gate)
                _lines.Add($"{logLevel} {formatter(state, exception)}");
        }

        public void Dispose() { }
    }
}

public sealed class SqliteHostingTests() : HostingConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlHostingTests() : HostingConformance(DatabaseKind.PostgreSql);
