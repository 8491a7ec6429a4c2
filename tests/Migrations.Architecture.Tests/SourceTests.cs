namespace Migrations.Architecture.Tests;

/// <summary>What holds for every source file.</summary>
public sealed class SourceTests
{
    private const int LongestFile = 500;

    private static IEnumerable<SourceFile> All => SourceFile.All("src").Concat(SourceFile.All("tests"));

    [Fact]
    public void No_file_is_too_long()
    {
        var tooLong = All.Where(f => f.Lines.Length > LongestFile).Select(f => $"{f.Name}: {f.Lines.Length} lines");
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Nothing_is_left_to_do()
    {
        string[] marks = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "new NotImplemented" + "Exception"];
        var found = SourceFile
            .All("src")
            .SelectMany(f => f.Lines.Select((line, i) => (f.Name, Line: i + 1, Text: line)))
            .Where(l => marks.Any(m => l.Text.Contains(m, StringComparison.Ordinal)))
            .Select(l => $"{l.Name}:{l.Line}");
        Assert.Empty(found);
    }

    [Fact]
    public void A_public_type_of_the_engine_lives_in_a_file_of_its_name()
    {
        var files = SourceFile.All("src", "Migrations.Core").ToList();
        var named = files.Select(f => Path.GetFileNameWithoutExtension(f.Path)).ToHashSet(StringComparer.Ordinal);
        var homeless = typeof(Migrator)
            .Assembly.GetExportedTypes()
            .Where(t => !t.IsNested && !named.Contains(t.Name.Split('`')[0]))
            .Where(t => !files.Exists(f => IsCompanion(f, t)));
        Assert.Empty(homeless.Select(t => t.FullName));
    }

    /// <summary>Small records may live beside the type that they belong to: a set of events, a plan and its steps, a request and its
    /// result.</summary>
    private static bool IsCompanion(SourceFile file, Type type) =>
        file.Lines.Length <= 120
        && file.CodeLines.Any(l =>
            l.StartsWith("public ", StringComparison.Ordinal)
            && (l + " ")
                .Replace('(', ' ')
                .Replace(':', ' ')
                .Replace('<', ' ')
                .Contains(" " + type.Name.Split('`')[0] + " ", StringComparison.Ordinal)
        );
}
