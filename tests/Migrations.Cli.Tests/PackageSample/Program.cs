using Microsoft.EntityFrameworkCore;
using Migrations;
using Migrations.Databases;
using Migrations.PostgreSql;
using Migrations.Sqlite;
using Npgsql;

// Both libraries work on one file at the same time: with two copies of SQLite in the process, each would undo the other's locks.
using var context = new Shop();
context.Database.EnsureCreated();
await Run(new SqliteDriver(), "app.db", "sqlite").ApplyAsync();
var files = File.ReadLines("/proc/self/maps").Where(l => l.Contains("sqlite3.so")).Select(l => l.Split(' ')[^1]).Distinct().Count();
var version = context.Database.SqlQueryRaw<string>("SELECT sqlite_version() AS Value").Single();
Console.WriteLine($"SQLite {version}, {files} library, EF Core reads {context.Items.Count()} rows");

if (args is not [var address])
    return;
var engine = Run(new PostgreSqlDriver(), address, "postgresql");
var failed = "nothing failed";
try
{
    await engine.ApplyAsync();
}
catch (StatementException e)
{
    failed = $"failed: {e.Statement}";
}

await using var source = NpgsqlDataSource.Create(address);
await using var count = source.CreateCommand("SELECT count(*) FROM t");
var npgsql = typeof(NpgsqlConnection).Assembly.GetName().Version!.ToString(3);
Console.WriteLine($"Npgsql {npgsql}, {await count.ExecuteScalarAsync()} rows by COPY, {failed}");

static Migrator Run(IDatabaseDriver driver, string address, string folder)
{
    var path = Path.GetFullPath(folder);
    return new Migrator(driver, driver.Parse(address, Environment.CurrentDirectory)!, path);
}

internal sealed class Item
{
    public int Id { get; set; }
}

internal sealed class Shop : DbContext
{
    public DbSet<Item> Items => Set<Item>();

    protected override void OnConfiguring(DbContextOptionsBuilder options) => options.UseSqlite("Data Source=app.db");
}
