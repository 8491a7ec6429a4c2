namespace Migrations.Cli.Tests;

/// <summary>A secret in a statement is in nothing that the command prints, whatever it is asked to do and in whatever form.</summary>
public abstract class StatementSecretTests(string engine) : CliTests(engine)
{
    private const string Canary = "hunter2Canary";

    [Fact]
    public async Task It_is_printed_by_no_command()
    {
        Migration(
            "001_works",
            Engine == "SQLite"
                ? $"-- password: {Canary}\nPRAGMA key = '{Canary}';\nCREATE TABLE a (id integer, api_secret text DEFAULT '{Canary}');\n"
                : $"-- password: {Canary}\nCREATE TABLE a (id integer);\nDO $$BEGIN IF false THEN ALTER ROLE r PASSWORD '{Canary}'; "
                    + "END IF; END$$;\n"
                    + $"CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$SELECT 'postgres://u:{Canary}@h/d'$$;\nSELECT "
                    + $"set_config('app.api_key', '{Canary}', false);\n",
            "SELECT 1;\n"
        );
        Migration("002_fails", $"UPDATE a SET no_such = 1, password = '{Canary}';\n");
        foreach (
            var arguments in new string[][]
            {
                ["up", "--what-if"],
                ["up", "--what-if", "--output", "json"],
                ["test", "--output", "json"],
                ["test", "--verbose"],
                ["check", "--report", Temporary["junit.xml"]],
            }
        )
            await SilentAsync(arguments);
        var (run, again) = (await SilentAsync("up", "--verbose"), await SilentAsync("up", "--output", "json"));
        Assert.Contains("no_such", run.Error, StringComparison.Ordinal);
        Assert.Equal((1, 1), (run.ExitCode, again.ExitCode));
        foreach (
            var arguments in new string[][]
            {
                ["status"],
                ["status", "--output", "json"],
                ["history", "--output", "json"],
                ["history"],
                ["down", "--what-if", "--output", "json"],
                ["check", "--output", "json"],
                ["test", "--output", "json"],
            }
        )
            await SilentAsync(arguments);
        Assert.DoesNotContain(
            Canary,
            string.Join(
                '\n',
                await Database.RowsAsync("SELECT coalesce(error_message, '') || coalesce(script, '') FROM migration_journal")
            ),
            StringComparison.OrdinalIgnoreCase
        );
        Assert.All(
            Directory.GetFiles(Temporary.Path, "*.xml"),
            f => Assert.DoesNotContain(Canary, File.ReadAllText(f), StringComparison.OrdinalIgnoreCase)
        );
    }

    private async Task<CliResult> SilentAsync(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.False(result.ToString().Contains(Canary, StringComparison.OrdinalIgnoreCase), string.Join(' ', arguments) + "\n" + result);
        return result;
    }
}

public sealed class SqliteStatementSecretTests() : StatementSecretTests("SQLite");

public sealed class PostgreSqlStatementSecretTests() : StatementSecretTests("PostgreSQL");
