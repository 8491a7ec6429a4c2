using Migrations.Testing;

namespace Migrations.Bench;

/// <summary>
/// What reading a configuration of four services costs a call of the native command: the status of four databases that the configuration
/// names, against the same four named one by one. <c>MIGRATIONS_NATIVE</c> names the published file (docs/native.md).
/// </summary>
internal static class ConfigurationBench
{
    private const int Rounds = 40;
    private static readonly string[] Services = ["api", "scores", "dictionary", "worker"];

    public static void Run(Report report)
    {
        Console.WriteLine("Configuration");
        if (Environment.GetEnvironmentVariable("MIGRATIONS_NATIVE") is not { } native)
        {
            report.NotMeasured("status of four services", "MIGRATIONS_NATIVE does not name the program");
            return;
        }

        using var place = new TemporaryFolder();
        place.Write("migrations/001_a.sql", "CREATE TABLE a (id integer);");
        place.Write("migrations/001_a.down.sql", "DROP TABLE a;");
        var configuration = place.Write(
            "migrations.json",
            "{ \"services\": { "
                + string.Join(", ", Services.Select((s, i) => $"\"{s}\": {{ \"path\": \"migrations\", \"dependsOn\": [{Before(i)}] }}"))
                + " }, \"variables\": { \"schema\": \"app\" }, \"environments\": { "
                + string.Join(
                    ", ",
                    new[] { "local", "staging", "production" }.Select(e => $"\"{e}\": {{ \"databases\": {{ " + $"{Databases(e)} }} }}")
                )
                + " } }"
        );
        string[] configured = ["status", "--config", configuration, "--environment", "local", "--service", "*"];
        string[] named =
        [
            "status",
            "--path",
            place["migrations"],
            .. Services.SelectMany(s => new[] { "--database", place[$"local_{s}.db"] }),
        ];
        _ = MeasuredProcess.Run(native, ["up", .. configured[1..]]);
        List<double> with = [],
            without = [];
        for (var round = 0; round < Rounds; round++)
        {
            with.Add(MeasuredProcess.Run(native, configured).Milliseconds);
            without.Add(MeasuredProcess.Run(native, named).Milliseconds);
        }

        report.Added("status of four services", with, without, limit: 3);
    }

    private static string Before(int index) => index == 0 ? "" : $"\"{Services[index - 1]}\"";

    private static string Databases(string environment) => string.Join(", ", Services.Select(s => $"\"{s}\": \"{environment}_{s}.db\""));
}
