using Migrations.Integrity;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>
/// What every conformance suite starts from: a fresh database, an empty migration folder, and the engine's public face. A suite is an
/// abstract class whose tests are inherited once for each database.
/// </summary>
public abstract class Conformance(DatabaseKind kind) : IAsyncLifetime
{
    private readonly TemporaryFolder _temporary = new();

    protected DatabaseKind Kind { get; } = kind;

    /// <summary>Whether the suite copies databases: backups, rehearsals, drift.</summary>
    protected virtual bool NeedsCopies => false;

    protected TestDatabase Database { get; private set; } = null!;

    protected RecordingEventSink Events { get; set; } = new();

    protected string Folder => _temporary["migrations"];

    public async ValueTask InitializeAsync()
    {
        if (NeedsCopies)
            Kind.RequireCopies();
        Directory.CreateDirectory(Folder);
        Database = await Kind.CreateAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (Database is not null)
            await Database.DisposeAsync();
        _temporary.Dispose();
    }

    protected string FileOf(string name) => Path.Combine(Folder, name);

    /// <summary>Writes a file of the migration folder.</summary>
    protected string Write(string name, string sql) => _temporary.Write(Path.Combine("migrations", name), sql);

    /// <summary>Writes a migration: <c>001_name</c> gives <c>001_name.up.sql</c> and <c>001_name.down.sql</c>.</summary>
    protected void Migration(string name, string up, string? down = null)
    {
        Write(name + ".up.sql", up);
        if (down is not null)
            Write(name + ".down.sql", down);
    }

    /// <summary>Three migrations that make the tables a, b and c; b gets three rows.</summary>
    protected void ThreeTables()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY);\n", "DROP TABLE a;\n");
        Migration(
            "002_b",
            "-- Description: the second\n-- Version: 1.1.0\nCREATE TABLE b (id integer PRIMARY KEY);\nINSERT INTO b VALUES "
                + "(1), (2), (3);\n",
            "DROP TABLE b;\n"
        );
        Migration("003_c", "CREATE TABLE c (id integer PRIMARY KEY);\n", "DROP TABLE c;\n");
    }

    protected DatabaseTarget Target() =>
        Kind.Driver.Parse(Database.Address, Folder)
        ?? throw new InvalidOperationException("The driver does not know its own kind of address.");

    /// <summary>The engine on this test's database and folder.</summary>
    protected Migrator Engine(Func<MigratorOptions, MigratorOptions>? change = null) =>
        new(Kind.Driver, Target(), Folder, change is null ? EngineOptions() : change(EngineOptions()));

    protected IntegrityChecker Checker() => new(Kind.Driver, Target(), Folder, EngineOptions());

    protected MigratorOptions EngineOptions() =>
        new()
        {
            Session = new SessionOptions { Events = Events, LockTimeout = TimeSpan.FromSeconds(30) },
        };

    protected Task<IReadOnlyList<MigrationResult>> ApplyAsync(ApplyRequest? request = null) => Engine().ApplyAsync(request);

    /// <summary>Undoes, whatever rows are lost by it.</summary>
    protected Task<IReadOnlyList<MigrationResult>> UndoAsync(UndoRequest? request = null) =>
        Engine().UndoAsync((request ?? new UndoRequest()) with { AcceptDataLoss = true });

    /// <summary>The states of all migrations, for example <c>001_a Applied, 002_b Pending</c>.</summary>
    protected async Task<string> StatesAsync(Migrator? engine = null) =>
        string.Join(", ", (await (engine ?? Engine()).GetStatusAsync()).Select(s => $"{s.Name} {s.State}"));

    protected async Task<MigrationStatus> StatusOfAsync(string name) => (await Engine().GetStatusAsync()).Single(s => s.Name == name);

    /// <summary>The tables without the history.</summary>
    protected async Task<string> TablesAsync() =>
        string.Join(", ", (await Database.TablesAsync()).Where(t => !t.StartsWith("migration_", StringComparison.Ordinal)));

    /// <summary>The history, for example <c>001_a applied, 001_a rolled_back</c>.</summary>
    protected async Task<string> JournalAsync() =>
        string.Join(", ", await Database.RowsAsync("SELECT name || ' ' || event FROM migration_journal ORDER BY id"));

    protected static string Names(IEnumerable<MigrationResult> results) => string.Join(", ", results.Select(r => r.Name));

    /// <summary>One applied migration, and one that is to come.</summary>
    protected async Task BeginAsync(string second)
    {
        Migration("001_a", "CREATE TABLE a (id integer);\n", "DROP TABLE a;\n");
        await ApplyAsync();
        Migration("002_b", second, "DROP TABLE b;\n");
    }

    /// <summary>Asserts an error by its id, and that it is one to act on: it says what to do next and holds no secret.</summary>
    protected async Task<T> ThrowsAsync<T>(ErrorId id, Func<Task> call)
        where T : MigrationException
    {
        var error = await Assert.ThrowsAnyAsync<T>(call);
        Assert.True(id == error.Id, $"{id} was expected, not {error.Id}: {error.Message}");
        Assert.NotEmpty(error.NextStep.ToString());
        foreach (var secret in Database.Secrets)
            Assert.DoesNotContain(secret, error + error.NextStep.ToString(), StringComparison.Ordinal);
        return error;
    }
}
