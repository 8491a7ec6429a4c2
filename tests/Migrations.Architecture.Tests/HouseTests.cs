namespace Migrations.Architecture.Tests;

/// <summary>How the files of a project stand to each other: one can be read without all the others.</summary>
public sealed class HouseTests(ITestOutputHelper output)
{
    private const int LargestFileCircle = 4;

    /// <summary>The engine's folders from the ground up: a file names only what stands on its own floor's folder or below.</summary>
    private static readonly string[][] Floors =
    [
        ["Advice"],
        ["Model", "Schema", "Tables"],
        ["Errors", "Events"],
        ["Scripts", "Tracing", "Logging"],
        ["Sql", "Folders", "Diagrams"],
        ["History", "Configuration"],
        ["Databases"],
        ["Variables"],
        ["Backup", "Foreign"],
        ["Planning"],
        ["Running"],
        ["Integrity", "Exporting"],
        ["Linting", "Fleet"],
        ["Adoption"],
        ["Comparing", "Transfer", "."],
        ["Generating", "Reporting"],
    ];

    /// <summary>What only one of the databases has: SQLite's library and its guards, PostgreSQL's client programs and what a statement
    /// reaches on a server.</summary>
    private static readonly string[] OfOneDriver = ["Native", "Guards", "Clients", "Reach"];

    public static TheoryData<string> Projects =>
        [
            .. Directory
                .EnumerateFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
                .Select(path => Path.GetFileNameWithoutExtension(path))
                .Order(StringComparer.Ordinal),
        ];

    [Theory, MemberData(nameof(Projects))]
    public void Folders_refer_to_each_other_in_one_direction(string project)
    {
        var references = SourceReferences.Of(project);
        var circles = Circles.In(references.All.Select(r => (FolderOf(r.From), FolderOf(r.To))));
        foreach (var circle in circles)
            Print(circle, references, FolderOf);
        Assert.Empty(circles.Select(c => string.Join(", ", c)));
    }

    [Theory, MemberData(nameof(Projects))]
    public void Files_that_name_each_other_in_a_circle_are_few(string project)
    {
        var references = SourceReferences.Of(project);
        var circles = Circles.In(references.All.Select(r => (r.From, r.To))).Where(c => c.Count > LargestFileCircle).ToList();
        foreach (var circle in circles)
            Print(circle, references, file => file);
        Assert.Empty(circles.Select(c => string.Join(", ", c)));
    }

    [Fact]
    public void The_engine_stands_on_its_floors()
    {
        var references = SourceReferences.Of("Migrations.Core");
        Assert.Equal(
            Floors.SelectMany(f => f).Order(StringComparer.Ordinal),
            references.Files.Select(FolderOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
        );
        var upwards = references
            .All.Where(r => FolderOf(r.From) != FolderOf(r.To) && FloorOf(r.To) >= FloorOf(r.From))
            .Select(r => $"{r.From} names {r.Symbol} of {r.To}");
        Assert.Empty(upwards);
    }

    [Fact]
    public void The_drivers_have_the_same_folders()
    {
        Assert.Equal(FoldersOf("Migrations.Sqlite"), FoldersOf("Migrations.PostgreSql"));

        static IEnumerable<string> FoldersOf(string project) =>
            SourceFile
                .All("src", project)
                .Select(f => FolderOf(Path.GetRelativePath(Repository.PathOf("src", project), f.Path)))
                .Distinct(StringComparer.Ordinal)
                .Except(OfOneDriver, StringComparer.Ordinal)
                .Order(StringComparer.Ordinal);
    }

    private static string FolderOf(string file) => Path.GetDirectoryName(file) is { Length: > 0 } folder ? folder.Replace('\\', '/') : ".";

    private static int FloorOf(string file) => Array.FindIndex(Floors, f => f.Contains(FolderOf(file), StringComparer.Ordinal));

    /// <summary>The edges of a circle, the thinnest first: those are the ones to cut.</summary>
    private void Print(IReadOnlyList<string> circle, SourceReferences references, Func<string, string> place)
    {
        output.WriteLine($"A circle of {circle.Count}: {string.Join(", ", circle)}");
        var edges = references
            .All.Where(r => place(r.From) != place(r.To) && circle.Contains(place(r.From)) && circle.Contains(place(r.To)))
            .GroupBy(r => (From: place(r.From), To: place(r.To)))
            .OrderBy(g => g.Count());
        foreach (var edge in edges)
            output.WriteLine(
                $"  {edge.Key.From} -> {edge.Key.To}: "
                    + $"{string.Join(", ", edge.Select(r => r.Symbol).Distinct(StringComparer.Ordinal).Take(8))}"
            );
    }
}
