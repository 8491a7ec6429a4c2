using System.Reflection;
using System.Text.Json;
using Migrations.Testing;

namespace Migrations.PowerShell.Tests;

/// <summary>Where NuGet keeps the PowerShell and the Pester that the tests bring.</summary>
internal static class PowerShellPackages
{
    private static readonly string Platform = OperatingSystem.IsWindows() ? "win" : "unix";

    /// <summary>PowerShell itself, for <c>dotnet</c> to run.</summary>
    public static string Program { get; } = Find(Path.Combine("powershell", PowerShellVersion(), "tools"), $"any/{Platform}/pwsh.dll");

    /// <summary>Pester's manifest.</summary>
    public static string Pester { get; } = Find(Path.Combine("pester", Metadata("PesterVersion"), "tools"), "Pester.psd1");

    /// <summary>
    /// A folder with a program <c>pwsh</c>, for scripts that start one by name. It starts the PowerShell that the tests bring.
    /// </summary>
    public static Lazy<string> ShimFolder { get; } = new(WriteShim);

    private static string PowerShellVersion()
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Repository.PathOf(".config", "dotnet-tools.json")));
        return manifest.RootElement.GetProperty("tools").GetProperty("powershell").GetProperty("version").GetString()!;
    }

    private static string Metadata(string key) =>
        typeof(PowerShellPackages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    private static string Find(string folder, string end)
    {
        var path = Path.Combine(Metadata("PackageFolder"), folder);
        var found = Directory.Exists(path) ? Directory.GetFiles(path, Path.GetFileName(end), SearchOption.AllDirectories) : [];
        return found.FirstOrDefault(f => f.Replace('\\', '/').EndsWith(end, StringComparison.Ordinal))
            ?? throw new FileNotFoundException($"'{end}' is not in '{path}'. Build the tests again; the build restores it.");
    }

    private static string WriteShim()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "pwsh-shim");
        Directory.CreateDirectory(folder);
        if (OperatingSystem.IsWindows())
        {
            File.WriteAllText(Path.Combine(folder, "pwsh.cmd"), $"@dotnet \"{Program}\" %*\r\n");
            return folder;
        }

        var file = Path.Combine(folder, "pwsh");
        File.WriteAllText(file, $"#!/bin/sh\nexec dotnet '{Program}' \"$@\"\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }
}
