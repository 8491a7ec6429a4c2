using System.Data.Common;
using Npgsql;

namespace Migrations.Fixtures.Makers.Tools;

/// <summary>Evolve (<see href="https://evolve-db.netlify.app/"/>).</summary>
public sealed class Evolve : OtherTool
{
    public override string Name => "evolve";

    // A description ends with the duration.
    public override IReadOnlyList<string> Changing => ["installed_on", "installed_by", "description"];

    public override async Task ApplyAsync(TestDatabase database, TemporaryFolder folder, int count)
    {
        await using DbConnection connection = database is PostgreSqlTestDatabase postgres
            ? new NpgsqlConnection(postgres.ConnectionString)
            : new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={database.Address};Pooling=False");
        new EvolveDb.Evolve(connection) { Locations = [WriteFirst(folder, count)], IsEraseDisabled = true }.Migrate();
    }
}
