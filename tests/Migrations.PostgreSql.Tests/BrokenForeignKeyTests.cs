using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Which errors of <c>pg_restore</c> are about rows without a parent: its own words tell, and not those of the server.</summary>
public sealed class BrokenForeignKeyTests
{
    private const string Key = "pg_restore: from TOC entry 3198; 2606 16394 FK CONSTRAINT d d_a_fkey postgres";
    private const string Index = "pg_restore: from TOC entry 7; 1259 16390 INDEX i postgres";

    private static readonly ArchiveEntry[] Archive =
    [
        new(1, "ENCODING", "ENCODING", "SET client_encoding = 'UTF8';", "", ""),
        new(7, "INDEX", "i", "CREATE INDEX i", "", ""),
        new(
            3198,
            "FK CONSTRAINT",
            "d d_a_fkey",
            "ALTER TABLE ONLY public.\u00C3\u00A4\n ADD CONSTRAINT d_a_fkey FOREIGN KEY (a) REFERENCES p(a);\n",
            "",
            ""
        ),
    ];

    [Theory]
    [InlineData(
        true,
        Key,
        "pg_restore: error: could not execute query: ERROR:  insert or update on table \"d\" violates foreign key constraint \"d_a_fkey\""
    )]
    [InlineData(
        true,
        Key,
        "pg_restore: error: could not execute query: FEHLER:  Einf\u00FCgen oder Aktualisieren in Tabelle \u00BBd\u00AB verletzt Fremdschl\u00FCssel-Constraint \u00BBd_a_fkey\u00AB"
    )]
    [InlineData(false, Index, "pg_restore: error: could not execute query: FEHLER:  konnte Unique-Index nicht erstellen")]
    [InlineData(false, Index, "pg_restore: error: could not execute query: ERROR:  x violates foreign key constraint")]
    [InlineData(
        false,
        "pg_restore: from TOC entry 8; 0 0 ACL FK CONSTRAINT postgres",
        "pg_restore: error: could not execute query: FEHLER:  Rolle existiert nicht"
    )]
    [InlineData(false, "", "pg_restore: error: connection to server failed")]
    public void The_entry_tells_and_not_the_words_of_the_server(bool isBearable, string entry, string error)
    {
        var broken = new BrokenForeignKeys();
        Assert.True(broken.IsBearable(entry));
        Assert.Equal(isBearable, broken.IsBearable(error));
        Assert.Equal(isBearable ? [16394] : [], broken.Oids);
        string[] statements = isBearable
            ? ["ALTER TABLE ONLY public.\u00E4\n ADD CONSTRAINT d_a_fkey FOREIGN KEY (a) REFERENCES p(a);\n"]
            : [];
        Assert.Equal(statements, broken.StatementsIn(Archive));
    }

    [Fact]
    public void Jobs_that_write_side_by_side_lose_no_key_and_hide_no_other_error()
    {
        var broken = new BrokenForeignKeys();
        Assert.All(
            [Key, Key.Replace("3198", "3199", StringComparison.Ordinal), "pg_restore: error: x", "pg_restore: error: y"],
            l => Assert.True(broken.IsBearable(l))
        );
        Assert.True(broken.IsBearable(Index));
        Assert.False(broken.IsBearable("pg_restore: error: z"));
    }

    [Fact]
    public void A_value_of_a_row_is_no_statement()
    {
        var broken = new BrokenForeignKeys();
        foreach (
            var line in (string[])
                [
                    Key,
                    "pg_restore: error: could not execute query: ERROR:  x violates foreign key constraint",
                    "DETAIL:  Key (a)=(",
                    "Command was: ALTER ROLE eve SUPERUSER; --",
                    "",
                    "pg_restore: from TOC entry 7; 2606 1 FK CONSTRAINT forged",
                ]
        )
            Assert.True(broken.IsBearable(line));
        Assert.StartsWith("ALTER TABLE ONLY", Assert.Single(broken.StatementsIn(Archive)), StringComparison.Ordinal);
    }

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
                + " EXCEPTION WHEN foreign_key_violation THEN EXECUTE $migrations1$ALTER TABLE \"$migrations$\" x NOT VALID$migrations1$; END $migrations1_do$;",
            BrokenForeignKeys.Bearable("ALTER TABLE \"$migrations$\" x;\n")
        );
}
