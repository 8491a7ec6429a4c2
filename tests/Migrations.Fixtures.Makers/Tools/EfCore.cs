using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Migrations.Fixtures.Makers.Tools;

/// <summary>EF Core (<see href="https://learn.microsoft.com/ef/core/managing-schemas/migrations/"/>).</summary>
public sealed class EfCore : OtherTool
{
    private const string First = "20240801081500_Artists";
    private const string Second = "20240802091500_Albums";
    private const string Third = "20240803101500_Tracks";

    public override string Name => "efcore";

    public override bool IsCode => true;

    public override IReadOnlyList<string> Changing => ["productversion"];

    public override async Task ApplyAsync(TestDatabase database, TemporaryFolder folder, int count)
    {
        var options = new DbContextOptionsBuilder<ShopContext>();
        _ = database is PostgreSqlTestDatabase postgres
            ? options.UseNpgsql(postgres.ConnectionString)
            : options.UseSqlite($"Data Source={database.Address};Pooling=False");
        await using var context = new ShopContext(options.Options);
        var target = ((string[])[First, Second, Third])[count - 1];
        await context.GetService<IMigrator>().MigrateAsync(target, TestContext.Current.CancellationToken);
    }

    private static void Run(MigrationBuilder builder, int number)
    {
        foreach (var statement in Shop.Migrations[number - 1].Statements)
            builder.Sql(statement);
    }

    private sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options);

    [DbContext(typeof(ShopContext))]
    [Migration(First)]
    private sealed class Artists : Microsoft.EntityFrameworkCore.Migrations.Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => Run(migrationBuilder, 1);
    }

    [DbContext(typeof(ShopContext))]
    [Migration(Second)]
    private sealed class Albums : Microsoft.EntityFrameworkCore.Migrations.Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => Run(migrationBuilder, 2);
    }

    [DbContext(typeof(ShopContext))]
    [Migration(Third)]
    private sealed class Tracks : Microsoft.EntityFrameworkCore.Migrations.Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => Run(migrationBuilder, 3);
    }
}
