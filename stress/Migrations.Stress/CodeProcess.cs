using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;

namespace Migrations.Stress;

/// <summary>A process that applies a ladder as migrations in code, statement by statement, with the folder's hooks.</summary>
internal static class CodeProcess
{
    /// <summary>The first argument of such a process.</summary>
    public const string Mark = "--code";

    /// <summary>The call that starts one.</summary>
    public static CliCall Call(Engine engine, TestDatabase database, string folder) =>
        new()
        {
            Program = typeof(CodeProcess).Assembly.Location,
            Arguments = [Mark, engine.Name, database.Address, folder],
            WorkingFolder = Path.GetDirectoryName(folder),
        };

    /// <summary>What it does.</summary>
    public static async Task<int> RunAsync(string engine, string address, string folder)
    {
        var driver = Engine.Both.Single(e => e.Name == engine).Driver;
        var target = driver.Parse(address, folder)!;
        // Known by the checksums of the scripts, so that the folder and the code are the same migrations.
        var known = await new Migrator(driver, target, folder).GetStatusAsync();
        var source = MigrationSource.Of([
            .. known.Select(status => new CodeMigration(status.Name[..3], status.Name[4..], c => UpAsync(c, status.File!))
            {
                Checksum = status.Checksum,
            }),
        ]);
        var options = new MigratorOptions
        {
            Session = new SessionOptions { Events = new Printed() },
            Folder = new FolderOptions { Hooks = Path.Combine(folder, Hook.FolderName) },
        };
        await new Migrator(driver, target, source, options).ApplyAsync();
        return 0;
    }

    private static async Task UpAsync(CodeContext context, string file)
    {
        foreach (var statement in (await File.ReadAllTextAsync(file)).Split(";\n", StringSplitOptions.RemoveEmptyEntries))
            await context.ExecuteAsync(statement);
    }

    private sealed class Printed : IEventSink
    {
        public void Publish(MigrationEvent item)
        {
            if (item is StepStarted step)
                Console.WriteLine($"[{step.Number}/{step.Total}] Applying {step.Migration}");
        }
    }
}
