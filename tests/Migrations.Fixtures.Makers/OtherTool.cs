namespace Migrations.Fixtures.Makers;

/// <summary>Another migration tool, run as its users run it.</summary>
public abstract class OtherTool
{
    /// <summary>The tool's name, which is that of its fixture.</summary>
    public abstract string Name { get; }

    /// <summary>Whether its migrations are programs, of which only the names are taken over; its table is not written then.</summary>
    public virtual bool IsCode => false;

    /// <summary>Whether it works with SQLite.</summary>
    public virtual bool KnowsSqlite => true;

    /// <summary>Whether it works with PostgreSQL.</summary>
    public virtual bool KnowsPostgreSql => true;

    /// <summary>The columns of its tables that have another value in each database: moments, durations, users, versions of the
    /// tool.</summary>
    public abstract IReadOnlyList<string> Changing { get; }

    /// <summary>The folder of its fixture.</summary>
    public string Fixture => Repository.Fixture(IsCode ? "adoption-by-name" : "adoption", Name);

    /// <summary>Skips the test where the tool is not installed, with the words that install it.</summary>
    public virtual void Require()
    {
        // What comes from NuGet is there.
    }

    /// <summary>Applies the first migrations, as far as they are not applied, to a database.</summary>
    /// <param name="database">The database.</param>
    /// <param name="folder">A folder of the test's, for the tool's project.</param>
    /// <param name="count">How many migrations the tool knows.</param>
    public abstract Task ApplyAsync(TestDatabase database, TemporaryFolder folder, int count);

    /// <summary>The database that it works on, where the tool itself decides where that is.</summary>
    public virtual Task<TestDatabase?> CreateOwnAsync(TemporaryFolder folder) => Task.FromResult<TestDatabase?>(null);

    public override string ToString() => Name;

    /// <summary>Writes the fixture's first migrations, and nothing else, into a folder.</summary>
    /// <returns>The folder.</returns>
    protected string WriteFirst(TemporaryFolder folder, int count, string relative = "theirs")
    {
        var migrations = Directory.GetFiles(Path.Combine(Fixture, "migrations"), "*.sql").Order(StringComparer.Ordinal);
        foreach (var file in migrations.Take(count))
            folder.Write(Path.Combine(relative, Path.GetFileName(file)), File.ReadAllText(file));
        return folder[relative];
    }
}
