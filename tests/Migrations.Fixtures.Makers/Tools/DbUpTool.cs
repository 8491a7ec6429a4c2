using DbUp;
using DbUp.Engine;

namespace Migrations.Fixtures.Makers.Tools;

/// <summary>DbUp (<see href="https://dbup.readthedocs.io/"/>), with files on PostgreSQL and resources on SQLite.</summary>
public sealed class DbUpTool : OtherTool
{
    public override string Name => "dbup";

    public override IReadOnlyList<string> Changing => ["applied"];

    public override Task ApplyAsync(TestDatabase database, TemporaryFolder folder, int count)
    {
        var scripts = WriteFirst(folder, count);
        var builder = database is PostgreSqlTestDatabase postgres
            ? DeployChanges.To.PostgresqlDatabase(postgres.ConnectionString).WithScriptsFromFileSystem(scripts)
            : DeployChanges.To.SqliteDatabase($"Data Source={database.Address};Pooling=False").WithScripts(AsResources(scripts));
        var result = builder.LogToNowhere().Build().PerformUpgrade();
        return result.Successful ? Task.CompletedTask : Task.FromException(result.Error);
    }

    /// <summary>Called as those that an assembly holds.</summary>
    private static IEnumerable<SqlScript> AsResources(string folder) =>
        Directory.GetFiles(folder, "*.sql").Select(f => new SqlScript("Shop.Scripts." + Path.GetFileName(f), File.ReadAllText(f)));
}
