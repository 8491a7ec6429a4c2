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
}
