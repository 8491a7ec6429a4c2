namespace Migrations.Testing;

/// <summary>Where this repository is on disk.</summary>
public static class Repository
{
    /// <summary>The folder that holds <c>Migrations.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The build configuration of the running tests, for example <c>Debug</c>: <c>tests/X/bin/Debug/net10.0/</c>.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>A path below the root.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A folder of <c>tests/fixtures</c>, for reading only.</summary>
    public static string Fixture(params string[] parts) => PathOf(["tests", "fixtures", .. parts]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Migrations.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No Migrations.sln above '{AppContext.BaseDirectory}'.");
    }
}
