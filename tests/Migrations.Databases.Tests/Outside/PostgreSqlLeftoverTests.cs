using Migrations.Testing;

namespace Migrations.Databases.Tests.Outside;

public sealed class PostgreSqlLeftoverTests : LeftoverConformance
{
    // Of its own: on a server that tests share, another one would remove what is looked for here.
    private readonly PostgreSqlServer _server;
    private PostgreSqlTestDatabase? _database;

    public PostgreSqlLeftoverTests()
    {
        DatabaseKind.PostgreSql.RequireCopies();
        _server = PostgreSqlServer.Start();
    }

    // So that it does not end while the killed one's connection is found out about.
    protected override string SlowStatement => "SET client_connection_check_interval = '200ms'; " + DatabaseKind.PostgreSql.SlowStatement;

    protected override async Task<TestDatabase> CreateAsync() => _database = await PostgreSqlTestDatabase.CreateAsync(_server);

    protected override async Task<IReadOnlyList<string>> ScratchDatabasesAsync() =>
        await _database!.RowsAsync("SELECT datname FROM pg_database WHERE datname LIKE 'migrations~_scratch~_%' ESCAPE '~'");

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _server.Dispose();
    }
}
