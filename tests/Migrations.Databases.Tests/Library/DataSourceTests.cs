using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Migrations.Backup;
using Migrations.Planning;
using Migrations.Testing;
using Npgsql;

namespace Migrations.Databases.Tests.Library;

/// <summary>Migrators of a database to which the application has a way of its own.</summary>
public abstract class DataSourceConformance(DatabaseKind kind) : Conformance(kind)
{
    /// <summary>What makes connections to the test's database.</summary>
    protected abstract DbConnection Connect();

    [Fact]
    public async Task What_makes_a_connection_is_enough_for_all_there_is()
    {
        ThreeTables();
        var backups = FileOf("../backups");
        Directory.CreateDirectory(backups);
        var migrator = Migrator.For(Connect, Folder, EngineOptions());
        var applied = await migrator.ApplyAsync(new ApplyRequest { Backup = new BackupRequest { Folder = backups } });
        Assert.Equal("001_a, 002_b, 003_c", Names(applied));
        Assert.Empty(await migrator.ApplyAsync());
        Assert.Equal("003_c", Names(await migrator.UndoAsync(new UndoRequest { AcceptDataLoss = true })));
        Assert.Equal("a, b", await TablesAsync());
    }
}

public sealed class SqliteDataSourceTests() : DataSourceConformance(DatabaseKind.Sqlite)
{
    protected override DbConnection Connect() => new SqliteConnection($"Data Source={Database.Address}");
}

public sealed class PostgreSqlDataSourceTests() : DataSourceConformance(DatabaseKind.PostgreSql)
{
    private readonly List<string> _given = [];
    private string? _password;

    private PostgreSqlServer Server => ((PostgreSqlTestDatabase)Database).Server;

    private NpgsqlDataSource Source()
    {
        var text = new NpgsqlConnectionStringBuilder(((PostgreSqlTestDatabase)Database).ConnectionString)
        {
            Password = null,
            MaxPoolSize = 2,
        };
        var builder = new NpgsqlDataSourceBuilder(text.ConnectionString);
        builder.UsePasswordProvider(_ => Next(), (_, _) => new ValueTask<string>(Next()));
        return builder.Build();

        string Next()
        {
            _given.Add(_password ?? Server.Password);
            return _given[^1];
        }
    }

    protected override DbConnection Connect() => new NpgsqlConnection(((PostgreSqlTestDatabase)Database).ConnectionString);

    [Fact]
    public async Task The_password_of_a_data_source_may_change_while_the_migrator_lives()
    {
        ThreeTables();
        await using var source = Source();
        var migrator = Migrator.For(source, Folder, EngineOptions());
        _password = "expired";
        await ThrowsAsync<MigrationException>(ErrorId.AuthenticationFailed, () => migrator.ApplyAsync());
        _password = null;
        Assert.Equal("001_a, 002_b, 003_c", Names(await migrator.ApplyAsync()));
        Assert.Contains("expired", _given);
        // The application's own pool is not touched.
        await using (var connection = await source.OpenConnectionAsync())
            Assert.Equal(System.Data.ConnectionState.Open, connection.State);
    }

    [Fact]
    public async Task A_host_takes_the_data_source_of_its_services()
    {
        ThreeTables();
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddSingleton(_ => Source());
        builder.Services.AddMigrations(services => services.GetRequiredService<NpgsqlDataSource>(), Folder);
        using var host = builder.Build();
        await host.StartAsync();
        Assert.Equal("a, b, c", await TablesAsync());
        await host.StopAsync();
    }
}
