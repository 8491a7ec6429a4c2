using System.Diagnostics;

namespace Migrations.Cli.Tests;

/// <summary>The packages of this build, in a folder that serves as a package source, under a version of their own.</summary>
public sealed class LocalPackages : IAsyncLifetime
{
    private static readonly string[] Projects =
    [
        "Migrations.Core",
        "Migrations.Sqlite",
        "Migrations.PostgreSql",
        "Migrations.Drivers",
        "Migrations.Extensions.Hosting",
        "Migrations.Cli",
    ];

    private readonly TemporaryFolder _folder = new();

    /// <summary>Their version; NuGet keeps what it has once restored, so each run has one of its own.</summary>
    public string Version { get; } = $"0.1.0-test.{Guid.NewGuid():N}";

    /// <summary>A nuget.config with the folder beside the sources of this machine.</summary>
    public string Configuration =>
        $"""
            <configuration>
              <packageSources>
                <add key="local" value="{_folder.Path}" />
              </packageSources>
            </configuration>
            """;

    public async ValueTask InitializeAsync()
    {
        foreach (var project in Projects)
        {
            await RunDotnetAsync(
                Repository.Root,
                ["pack", "src/" + project, "--no-build", "-c", Repository.Configuration, "-p:PackageVersion=" + Version, "-o", _folder.Path]
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        var cache = (
            await RunDotnetAsync(Repository.Root, ["nuget", "locals", "global-packages", "--list", "--force-english-output"])
        ).Trim()["global-packages: ".Length..];
        foreach (var project in Projects)
        {
            var restored = Path.Combine(cache, project.ToLowerInvariant(), Version);
            if (Directory.Exists(restored))
                Directory.Delete(restored, recursive: true);
        }

        _folder.Dispose();
    }

    /// <summary>Runs <c>dotnet</c>.</summary>
    /// <returns>What it printed.</returns>
    public Task<string> RunDotnetAsync(string folder, IReadOnlyList<string> arguments) => RunAsync("dotnet", folder, arguments);

    /// <summary>Runs a program that must succeed.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> RunAsync(string program, string folder, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What the test runner's MSBuild set is not for another one.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        start.Environment.Remove("DATABASE_URL");
        start.Environment.Remove("MIGRATION_PATH");
        start.Environment.Remove("MIGRATIONS_SQLITE_LIBRARY");
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var text = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        var all = await text + await errors;
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}\n{all}");
        return all;
    }
}
