using System.Data.Common;
using Npgsql;

namespace Migrations.Testing;

/// <summary>A fresh database on a <see cref="PostgreSqlServer"/>, dropped at the end of the test with whoever is still connected.</summary>
public sealed class PostgreSqlTestDatabase : TestDatabase
{
    private PostgreSqlTestDatabase(PostgreSqlServer server, string name)
    {
        Server = server;
        Name = name;
    }

    /// <summary>The server it is on.</summary>
    public PostgreSqlServer Server { get; }

    /// <summary>The database's name.</summary>
    public string Name { get; }

    /// <summary>Its name in quotes.</summary>
    public string Quoted => $"\"{Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A <c>postgres://</c> URL of the superuser.</summary>
    public override string Address => Server.UrlOf(Name);

    /// <summary>An Npgsql connection string of the superuser.</summary>
    public string ConnectionString => Server.ConnectionStringOf(Name);

    public override IReadOnlyList<string> Secrets => Server.Secrets;

    /// <summary>Creates a database on the shared server, which is started when it is not running.</summary>
    public static Task<PostgreSqlTestDatabase> CreateAsync() => CreateAsync(PostgreSqlServer.Shared);

    /// <summary>Creates a database.</summary>
    /// <param name="server">The server.</param>
    /// <param name="name">Its name, with whatever characters; null for one that is free.</param>
    public static async Task<PostgreSqlTestDatabase> CreateAsync(PostgreSqlServer server, string? name = null)
    {
        var database = new PostgreSqlTestDatabase(server, name ?? "test_" + Guid.NewGuid().ToString("N"));
        await server.ExecuteAsync($"CREATE DATABASE {database.Quoted}");
        return database;
    }

    /// <summary>A database that is there already, dropped at the end all the same.</summary>
    public static PostgreSqlTestDatabase Of(PostgreSqlServer server, string name) => new(server, name);

    public override async Task<IReadOnlyList<string>> TablesAsync() =>
        await RowsAsync(
            "SELECT CASE schemaname WHEN 'public' THEN tablename ELSE schemaname || '.' || tablename END AS name FROM pg_tables "
                + "WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
        );

    public override async Task<DbConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public override async ValueTask DisposeAsync() => await Server.ExecuteAsync($"DROP DATABASE IF EXISTS {Quoted} WITH (FORCE)");
}
