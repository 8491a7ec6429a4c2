using System.Globalization;
using Migrations.Databases;
using Migrations.Linting;
using Migrations.PostgreSql;
using Migrations.Sqlite;
using Migrations.Testing;

namespace Migrations.Bench;

/// <summary>Looking for unsafe changes in a large folder, without a database: each file on what those before it make.</summary>
internal static class LintBench
{
    private const int Files = 4000;

    /// <summary>Measures it.</summary>
    public static async Task RunAsync(Report report)
    {
        Console.WriteLine("Lint");
        using var place = new TemporaryFolder();
        for (var i = 1; i <= Files; i++)
            place.Write(string.Create(CultureInfo.InvariantCulture, $"migrations/{i:0000}_step.sql"), Step(i));
        foreach (var driver in new IDatabaseDriver[] { new PostgreSqlDriver(), new SqliteDriver() })
        {
            var times = new List<double>();
            for (var round = -Measure.WarmUps; round < Measure.Rounds; round++)
            {
                var time = await Measure.TimeAsync(() => LintAsync(driver, place["migrations"]));
                if (round >= 0)
                    times.Add(time);
            }

            report.Time($"{Files} files, {driver.Engine}", times, limit: 400);
        }
    }

    private static async Task LintAsync(IDatabaseDriver driver, string folder)
    {
        var found = await new ScriptLinter(driver, target: null, folder).LintAsync();
        if (found.Count(f => string.Equals(f.Rule, "update-all-rows", StringComparison.Ordinal)) != Files / 4)
            throw new InvalidOperationException("The folder was not looked at in full.");
    }

    // A table, and what a year of work does to it.
    private static string Step(int i)
    {
        var table = string.Create(CultureInfo.InvariantCulture, $"step_{(i + 3) / 4}");
        return (i % 4) switch
        {
            1 => Workload.Up((i + 3) / 4),
            2 => $"ALTER TABLE {table} ADD COLUMN note text;\nALTER TABLE {table} ADD COLUMN price integer DEFAULT 0;\n",
            3 => $"CREATE VIEW {table}_view AS SELECT id, name, note FROM {table} WHERE amount > 0;\n",
            _ => $"UPDATE {table} SET note = 'none';\nCREATE INDEX {table}_note ON {table} (note);\n",
        };
    }
}
