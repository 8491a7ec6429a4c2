namespace Migrations.Architecture.Tests;

/// <summary>A source file of the repository.</summary>
internal sealed record SourceFile(string Path)
{
    private static readonly string[] Built = ["bin", "obj", "TestResults", "node_modules"];

    public string Name => System.IO.Path.GetRelativePath(Repository.Root, Path).Replace('\\', '/');

    public string[] Lines { get; } = File.ReadAllLines(Path);

    /// <summary>The lines that are no comments.</summary>
    public IEnumerable<string> CodeLines => Lines.Where(l => !l.TrimStart().StartsWith("//", StringComparison.Ordinal));

    /// <summary>Every C# file below a folder of the repository that was written by hand.</summary>
    public static IEnumerable<SourceFile> All(params string[] folder) =>
        Directory
            .EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories)
            .Where(path =>
                !System
                    .IO.Path.GetRelativePath(Repository.Root, path)
                    .Split(System.IO.Path.DirectorySeparatorChar)
                    .Any(part => Built.Contains(part, StringComparer.Ordinal))
            )
            .Select(path => new SourceFile(path));
}
