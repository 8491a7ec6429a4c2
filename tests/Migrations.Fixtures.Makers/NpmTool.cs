namespace Migrations.Fixtures.Makers;

/// <summary>A tool of npm's.</summary>
public abstract class NpmTool : OtherTool
{
    private static readonly string Folder = Repository.PathOf("tests", "Migrations.Fixtures.Makers", "npm");

    /// <summary>The package.</summary>
    protected virtual string Package => Name;

    public override void Require() =>
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(Folder, "node_modules", Package)) && Executable.OnPath("node") is not null,
            $"{Package} is not installed: npm install --prefix tests/Migrations.Fixtures.Makers/npm (it needs Node.js and npm)."
        );

    /// <summary>A file of one of the packages.</summary>
    protected static string PathOf(params string[] parts) => Path.Combine([Folder, "node_modules", .. parts]);

    /// <summary>Runs one of the packages' commands in a folder.</summary>
    protected static Task<string> CommandAsync(string name, TemporaryFolder folder, params IEnumerable<string> arguments) =>
        new OtherProgram(PathOf(".bin", name), folder.Path).RunAsync(arguments);

    /// <summary>Runs one of the scripts beside the packages.</summary>
    protected static Task<string> ScriptAsync(string name, TemporaryFolder folder, params IEnumerable<string> arguments) =>
        new OtherProgram(Executable.OnPath("node")!, folder.Path).RunAsync([Path.Combine(Folder, name), .. arguments]);
}
