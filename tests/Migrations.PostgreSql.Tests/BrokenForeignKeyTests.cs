using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Foreign keys in a script, which its rows may break: the server decides how they are made, by the code of the error.</summary>
public sealed class BrokenForeignKeyTests
{
    [Theory]
    [InlineData("ALTER TABLE ONLY d ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES p(a) ON DELETE CASCADE;", true)]
    [InlineData("-- x\nALTER TABLE ONLY d\n ADD CONSTRAINT \"NOT VALID\" FOREIGN KEY (a) REFERENCES p(a) DEFERRABLE;", true)]
    [InlineData("ALTER TABLE d ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES p(a) NOT VALID;", false)]
    [InlineData("ALTER TABLE d ADD CONSTRAINT k CHECK (a <> 'FOREIGN KEY');", false)]
    [InlineData("COMMENT ON CONSTRAINT k ON d IS 'FOREIGN KEY';", false)]
    public void Keys_of_a_script_are_known(string statement, bool isKey) => Assert.Equal(isKey, BrokenForeignKeys.IsKey(statement));

    [Fact]
    public void A_key_of_a_script_is_quoted_whatever_it_holds() =>
        Assert.Equal(
            "DO $migrations1_do$ BEGIN EXECUTE $migrations1$ALTER TABLE \"$migrations$\" x$migrations1$;"
                + " EXCEPTION WHEN foreign_key_violation THEN"
                + " EXECUTE $migrations1$ALTER TABLE \"$migrations$\" x NOT VALID$migrations1$; END $migrations1_do$;",
            BrokenForeignKeys.Bearable("ALTER TABLE \"$migrations$\" x;\n")
        );

    private const string Error = "pg_restore: error: could not execute query: FEHLER:  ... verletzt Fremdschlüssel-Constraint »k«";
    private const string Key = "ALTER TABLE ONLY s.d\n    ADD CONSTRAINT k FOREIGN KEY (a, b) REFERENCES s.\"p\"(a, b) ON DELETE CASCADE;";

    [Theory]
    [InlineData(Key, true)]
    [InlineData("ALTER TABLE s.d ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES s.p(a);", true)]
    [InlineData("DROP TABLE d;", false)]
    [InlineData("ALTER TABLE ONLY s.d ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES s.p(a), DROP COLUMN b;", false)]
    [InlineData("ALTER TABLE ONLY s.d ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES s.p(a); DROP TABLE d;", false)]
    [InlineData("ALTER TABLE ONLY s.d ADD CONSTRAINT k CHECK (f(a) > 0);", false)]
    public void Only_a_key_is_made_again(string statement, bool isKey)
    {
        var broken = new BrokenForeignKeys();

        Assert.Equal(isKey, Read(broken, statement));

        Assert.Equal(isKey ? [statement] : [], broken.Statements);
    }

    [Fact]
    public void A_value_that_looks_like_a_command_is_not_run()
    {
        var broken = new BrokenForeignKeys([new ArchiveEntry("FK CONSTRAINT", "d k", Key + "\n", "", "")]);

        Assert.True(Read(broken, Key));
        Assert.False(Read(broken, "ALTER TABLE ONLY s.d ADD CONSTRAINT other FOREIGN KEY (a) REFERENCES s.p(a);"));

        Assert.Equal([Key], broken.Statements);
    }

    [Theory]
    [InlineData("pg_restore: error: COPY failed for table \"t\": FEHLER: x")]
    [InlineData(Error + "\nDETAIL:  x")]
    [InlineData(Error + "\n" + Error)]
    [InlineData(Error + "\nCommand was: " + Key + "\n\n" + Error)]
    public void An_error_without_a_command_is_a_failure(string lines)
    {
        var broken = new BrokenForeignKeys();

        Assert.False(lines.Split('\n').All(broken.IsBearable) && broken.IsBearable(null));
    }

    [Fact]
    public void The_last_command_ends_with_the_output()
    {
        var broken = new BrokenForeignKeys();

        Assert.True($"{Error}\nCommand was: {Key}".Split('\n').All(broken.IsBearable) && broken.IsBearable(null));
        Assert.Equal([Key], broken.Statements);
    }

    private static bool Read(BrokenForeignKeys broken, string statement) =>
        $"{Error}\nDETAIL:  Key (a)=(1) is not present.\nCommand was: {statement}\n\n".Split('\n').All(broken.IsBearable);
}
