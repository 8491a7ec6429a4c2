using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Migrations;
using Migrations.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds migrations to an application.</summary>
public static class MigrationsServiceCollectionExtensions
{
    /// <summary>
    /// Applies what is pending when the host starts, before any hosted service (a web server is one) begins; a failure stops the start. A
    /// <see cref="Migrator"/> can be injected. May be called once for each database.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="database">A path, a URL or a connection string. A relative path starts from the application's folder.</param>
    /// <param name="source">The migrations: a folder, which starts from the application's folder, or scripts that an assembly
    /// carries.</param>
    /// <param name="configure">Sets how they are applied.</param>
    public static IServiceCollection AddMigrations(
        this IServiceCollection services,
        string database,
        MigrationSource source,
        Action<HostedMigrationOptions>? configure = null
    ) => services.AddMigrations(_ => database, source, configure);

    /// <summary>As above, with a database that is known once the application's services are, for example from its configuration.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="database">Gives a path, a URL or a connection string.</param>
    /// <param name="source">The migrations.</param>
    /// <param name="configure">Sets how they are applied.</param>
    public static IServiceCollection AddMigrations(
        this IServiceCollection services,
        Func<IServiceProvider, string> database,
        MigrationSource source,
        Action<HostedMigrationOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(database);
        return services.AddMigrations((provider, options) => Migrator.For(database(provider), source, options), source, configure);
    }

    /// <summary>
    /// As above, with a data source of the application:
    /// <c>AddMigrations(s => s.GetRequiredService&lt;NpgsqlDataSource&gt;(), "migrations")</c>.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="database">Gives the data source.</param>
    /// <param name="source">The migrations.</param>
    /// <param name="configure">Sets how they are applied.</param>
    public static IServiceCollection AddMigrations(
        this IServiceCollection services,
        Func<IServiceProvider, DbDataSource> database,
        MigrationSource source,
        Action<HostedMigrationOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(database);
        return services.AddMigrations((provider, options) => Migrator.For(database(provider), source, options), source, configure);
    }

    private static IServiceCollection AddMigrations(
        this IServiceCollection services,
        Func<IServiceProvider, MigratorOptions, Migrator> create,
        MigrationSource source,
        Action<HostedMigrationOptions>? configure
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(source);
        var options = new HostedMigrationOptions();
        configure?.Invoke(options);
        services.AddSingleton(Create);
        services.AddSingleton<IHostedService>(provider => new MigrationService(Create(provider), options, Logger(provider)));
        return services;

        Migrator Create(IServiceProvider provider)
        {
            var session = options.Migrator.Session with { Events = new LoggedEvents(Logger(provider)) };
            return create(provider, options.Migrator with { Session = session });
        }
    }

    private static ILogger<Migrator> Logger(IServiceProvider provider) => provider.GetRequiredService<ILogger<Migrator>>();
}
