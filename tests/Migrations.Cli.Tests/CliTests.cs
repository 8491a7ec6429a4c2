namespace Migrations.Cli.Tests;

/// <summary>The command as a process, on a fresh database and an empty migration folder.</summary>
public abstract class CliTests(string engine) : IAsyncLifetime
{
    protected TemporaryFolder Temporary { get; } = new();

    protected string Engine { get; } = engine;

    protected TestDatabase Database { get; private set; } = null!;

    protected string Folder => Temporary["migrations"];

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Folder);
        Database = Engine == "SQLite" ? new SqliteTestDatabase() : await PostgreSqlTestDatabase.CreateAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (Database is not null)
            await Database.DisposeAsync();
        Temporary.Dispose();
    }

    protected string FileOf(string name) => Path.Combine(Folder, name);

    protected void Write(string name, string text) => Temporary.Write(Path.Combine("migrations", name), text);

    protected void Migration(string name, string up, string? down = null)
    {
        Write(name + ".sql", up);
        if (down is not null)
            Write(name + "_rollback.sql", down);
    }

    protected void ThreeTables()
    {
        Migration("001_initial_schema", "CREATE TABLE a (id integer);\n", "DROP TABLE a;\n");
        Migration("002_add_indexes", "CREATE INDEX a_id ON a (id);\n", "DROP INDEX a_id;\n");
        Migration("003_add_user_prefs", "CREATE TABLE b (id integer);\nINSERT INTO b VALUES (1), (2);\n", "DROP TABLE b;\n");
    }

    protected CliCall Call(params string[] arguments) =>
        new() { Arguments = [.. arguments, "--database", Database.Address, "--path", Folder], WorkingFolder = Temporary.Path };

    /// <summary>Runs the command on this test's database and folder, and sees that it keeps the database's secrets.</summary>
    protected async Task<CliResult> RunAsync(params string[] arguments)
    {
        var result = await CliProcess.RunAsync(Call(arguments));
        AssertSilent(result);
        return result;
    }

    /// <summary>As <see cref="RunAsync"/>, for what must succeed.</summary>
    protected async Task<string> OutputAsync(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Output;
    }

    /// <summary>
    /// As <see cref="RunAsync"/>, for what must fail with this error: its id, and each of these words on standard error, the way out among
    /// them.
    /// </summary>
    protected async Task<CliResult> FailsAsync(ErrorId id, int exitCode, string[] words, params string[] arguments)
    {
        var result = await RunAsync(arguments);
        AssertError(result, id, exitCode, words);
        return result;
    }

    protected static void AssertError(CliResult result, ErrorId id, int exitCode, params string[] words)
    {
        Assert.True(exitCode == result.ExitCode, result.ToString());
        Assert.Contains($"error {id}: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("  Next: ", result.Error, StringComparison.Ordinal);
        Assert.All(words, word => Assert.Contains(word, result.Error, StringComparison.Ordinal));
        Assert.DoesNotContain("   at Migrations.", result.All, StringComparison.Ordinal);
    }

    protected void AssertSilent(CliResult result) =>
        Assert.All(Database.Secrets, secret => Assert.DoesNotContain(secret, result.All, StringComparison.Ordinal));
}
