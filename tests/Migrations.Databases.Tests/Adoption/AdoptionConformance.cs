using Migrations.Adoption;
using Migrations.Events;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Adoption;

/// <summary>What the suites of adoption share: a database as another tool left it, with the folder that the tool worked from.</summary>
public abstract class AdoptionConformance(DatabaseKind kind) : Conformance(kind)
{
    protected override bool NeedsCopies => true;

    /// <summary>The name of the fixture's file for this database.</summary>
    private string Dump => Kind == DatabaseKind.Sqlite ? "sqlite.sql" : "postgresql.sql";

    /// <summary>Skips the test where the tool does not know this kind of database.</summary>
    protected async Task LoadAsync(string tool)
    {
        await LoadDumpAsync("adoption", tool);
        var source = Repository.Fixture("adoption", tool, "migrations");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
            Write(Path.GetRelativePath(source, file), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    /// <summary>The database alone.</summary>
    protected async Task LoadDumpAsync(string fixtures, string tool)
    {
        var dump = Path.Combine(Repository.Fixture(fixtures, tool), Dump);
        Assert.SkipUnless(File.Exists(dump), $"{tool} has no {Path.GetFileNameWithoutExtension(dump)}.");
        await Database.ExecuteAsync(await File.ReadAllTextAsync(dump, TestContext.Current.CancellationToken));
    }

    protected IReadOnlyList<string> Warnings => [.. Events.Of<WarningRaised>().Select(w => w.Message)];

    protected HistoryImporter Importer() => new(Kind.Driver, Target(), Folder, EngineOptions());

    protected Task<AdoptionResult> AdoptAsync(AdoptionRequest? request = null) => Importer().ImportAsync(request);

    protected async Task<string> HistoryOfAsync(string table) =>
        string.Join('\n', (await Database.RowsAsync($"SELECT * FROM {table}")).Order(StringComparer.Ordinal));

    protected async Task<bool> HasJournalAsync() => (await Database.TablesAsync()).Contains("migration_journal");
}
