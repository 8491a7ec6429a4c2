using System.Text.Json;
using Migrations.History;
using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Databases.Tests;

/// <summary>Whatever form a secret has in a statement, it reaches no stream: neither text, nor object, event, error or history.</summary>
public abstract class SecretsConformance(DatabaseKind kind, string[] forms) : Conformance(kind)
{
    private ISqlDialect Dialect => Kind.Driver.Dialect;

    [Fact]
    public void No_form_is_shown()
    {
        foreach (var form in forms)
        {
            var redacted = ScriptRedaction.Redact(Dialect, form);
            Assert.DoesNotContain(SecretForms.Canary, redacted, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("***", redacted, StringComparison.Ordinal);
            // A script that was stored is compared with a later one.
            Assert.Equal(redacted, ScriptRedaction.Redact(Dialect, redacted));
            var covered = ScriptRedaction.Cover(Dialect, form);
            Assert.DoesNotContain(SecretForms.Canary, covered, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(form.Length, covered.Length);
            Assert.DoesNotContain(
                SecretForms.Canary,
                ScriptRedaction.Hide(Dialect, form, $"syntax error at or near \"{SecretForms.Canary.ToLowerInvariant()}\""),
                StringComparison.OrdinalIgnoreCase
            );
        }
    }

    [Fact]
    public void What_is_no_secret_is_shown_as_it_is() =>
        Assert.All(SecretForms.Harmless, text => Assert.Equal(text, ScriptRedaction.Redact(Dialect, text)));

    [Fact]
    public async Task No_form_reaches_an_error_an_event_or_the_history()
    {
        foreach (var (form, number) in forms.Select((f, i) => (f, i)))
        {
            Migration("001_a", form + ";\n");
            foreach (var mode in new[] { TransactionMode.Each, TransactionMode.None })
            {
                var error = await Record.ExceptionAsync(() => ApplyAsync(new ApplyRequest { TransactionMode = mode }));
                Assert.True(error is MigrationException, $"{number} {form}: {error}");
                Silent(form, error + Everything((MigrationException)error) + (error as StatementException)?.Statement + Events);
            }

            if ((await Database.TablesAsync()).Contains("migration_journal"))
            {
                Silent(
                    form,
                    string.Join(
                        '\n',
                        await Database.RowsAsync(
                            "SELECT name || coalesce(error_message, '') || coalesce(script, '') FROM migration_journal"
                        )
                    )
                );
                Silent(
                    form,
                    string.Join('\n', (await Engine().GetStatusAsync()).Select(Everything))
                        + string.Join('\n', (await Engine().GetHistoryAsync()).Select(Everything))
                );
            }
        }
    }

    private static void Silent(string form, string text) =>
        Assert.False(text.Contains(SecretForms.Canary, StringComparison.OrdinalIgnoreCase), $"{form}\n=> {text}");

    private static string Everything(object value) =>
        value is MigrationException e
            ? e.Message + e.NextStep.ToString() + (e as StatementException)?.Detail + (e as StatementException)?.Hint + e.InnerException
            : value + JsonSerializer.Serialize(value);
}

public sealed class SqliteSecretsTests() : SecretsConformance(DatabaseKind.Sqlite, SecretForms.Sqlite);

public sealed class PostgreSqlSecretsTests() : SecretsConformance(DatabaseKind.PostgreSql, SecretForms.PostgreSql);
