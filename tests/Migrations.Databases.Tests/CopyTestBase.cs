using Migrations.PostgreSql;
using Migrations.Sqlite;
using Migrations.Tables;
using Migrations.Testing;
using Migrations.Transfer;

namespace Migrations.Databases.Tests;

/// <summary>A SQLite file on disk and an empty PostgreSQL database, to copy from one to the other.</summary>
public abstract class CopyTestBase : IAsyncLifetime
{
    protected SqliteTestDatabase Source { get; } = new();

    /// <summary>A folder for what a test writes.</summary>
    protected TemporaryFolder Folder { get; } = new();

    protected RecordingEventSink Events { get; } = new();

    protected PostgreSqlTestDatabase Target { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Target = await PostgreSqlTestDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await Target.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected Task FillAsync(string sql) => Source.ExecuteAsync(sql);

    protected Task<string?> ScalarAsync(string sql) => Target.ScalarAsync(sql);

    protected static CopyRequest Chosen(string column, ColumnKind kind) =>
        new()
        {
            Scope = new CopyScope
            {
                Types = new Dictionary<string, ColumnType>(StringComparer.OrdinalIgnoreCase) { [column] = new ColumnType(kind) },
            },
        };

    protected Task<IReadOnlyList<TableCopy>> CopyAsync(CopyRequest? request = null)
    {
        var (source, target) = Sides();
        request ??= new CopyRequest();
        return new DatabaseCopy(source, target, request with { Session = request.Session with { Events = Events } }).RunAsync(
            TestContext.Current.CancellationToken
        );
    }

    /// <summary>Copies the way back, into a file of the folder.</summary>
    protected Task<IReadOnlyList<TableCopy>> CopyBackAsync(string file)
    {
        var sqlite = new SqliteDriver();
        return new DatabaseCopy(Sides().Target, (sqlite, sqlite.Parse(Folder[file], "/")!), new CopyRequest()).RunAsync(
            TestContext.Current.CancellationToken
        );
    }

    protected Task<CopyForecast> ForecastAsync(CopyRequest request)
    {
        var (source, target) = Sides();
        return new DatabaseCopy(source, target, request).ForecastAsync(TestContext.Current.CancellationToken);
    }

    protected Task<IReadOnlyList<TableComparison>> CompareAsync()
    {
        var (source, target) = Sides();
        return new DataComparison(source, target, new CompareRequest()).RunAsync(TestContext.Current.CancellationToken);
    }

    private ((IDatabaseDriver, DatabaseTarget) Source, (IDatabaseDriver, DatabaseTarget) Target) Sides()
    {
        var (sqlite, postgreSql) = (new SqliteDriver(), new PostgreSqlDriver());
        return ((sqlite, sqlite.Parse(Source.Address, "/")!), (postgreSql, postgreSql.Parse(Target.Address, "/")!));
    }

    protected async Task<MigrationException> ThrowsAsync(ErrorId id, CopyRequest? request = null)
    {
        var error = await Assert.ThrowsAsync<MigrationException>(() => CopyAsync(request));
        Assert.Equal(id, error.Id);
        return error;
    }

    protected async Task FailsAsync(string code, string sql)
    {
        var error = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => Target.ExecuteAsync(sql));
        Assert.Equal(code, error.SqlState);
    }
}
