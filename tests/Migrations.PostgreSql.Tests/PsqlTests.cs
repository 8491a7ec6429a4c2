using System.Diagnostics;
using Migrations.Sql;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>psql as the judge of where statements end: it echoes each one as it sends it, whether the server takes it or not.</summary>
public sealed class PsqlTests
{
    [Theory]
    [InlineData("SELECT 'a;b''c;'; SELECT \"a;\"\"b;\"; SELECT 3")]
    [InlineData(@"SELECT 'a\'; SELECT E'a\';b', e'a\\'; SELECT U&'d\0061t;\', U&""a;b"", B'1;', X'1;', N'1;'; SELECT 4")]
    [InlineData("SELECT /* ; /* ; */ ; */ 1; SELECT /*/* */*/ 2; SELECT /***/ 3; SELECT 4-/* ; */5, 6@/* ; */7; SELECT 8")]
    [InlineData("SELECT $$ a; ' $x$ $$; SELECT $a$ $b$ ; $a $a$; SELECT a$b$c; SELECT b$b$; SELECT $ä_1$ ; $ä_1$; SELECT 6")]
    [InlineData("CREATE RULE r AS ON INSERT TO t DO (UPDATE a SET b = 1; DELETE FROM c); SELECT 1); SELECT 3")]
    [InlineData(
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN CASE 1 WHEN 1 THEN 2 END ELSE 1 END; "
            + "SELECT 2; END; SELECT 2"
    )]
    [InlineData("CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC SELECT 1; END; BEGIN; SELECT 3; END; SELECT 5")]
    [InlineData("SELECT '{}'::jsonb #>> '{a}', b #- '{;}', x->>'y', 1<-2; SELECT 1.5e-3, 1e5, .5; SELECT 3;; ; SELECT 4")]
    public async Task Statements_are_cut_where_psql_cuts_them(string script)
    {
        if (script.Contains("ATOMIC", StringComparison.Ordinal))
            Prerequisite.PostgreSqlVersion(14);
        using var folder = new TemporaryFolder();
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        var server = database.Server;
        var start = new ProcessStartInfo(Prerequisite.Psql(), ["-X", "-e", "-o", "/dev/null", "-f", folder.Write("script.sql", script)])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var (name, value) in new[]
            {
                ("PGHOST", server.Host),
                ("PGPORT", $"{server.Port}"),
                ("PGUSER", server.User),
                ("PGPASSWORD", server.Password),
                ("PGDATABASE", database.Name),
                ("PGCLIENTENCODING", "UTF8"),
            }
        )
            start.Environment[name] = value;
        using var psql = Process.Start(start)!;
        var errors = psql.StandardError.ReadToEndAsync();
        var sent = (await psql.StandardOutput.ReadToEndAsync()).Split('\n').Select(Bare).Where(s => s.Length > 0).ToList();
        await errors;
        Assert.Equal(sent, Scripts.Split(script).Select(Bare));
    }

    private static string Bare(string statement) =>
        string.Concat(
                new PostgreSqlDialect()
                    .Tokenize(statement)
                    .Where(t => t.Kind is not (SqlTokenKind.WhiteSpace or SqlTokenKind.Comment))
                    .Select(t => t.In(statement).ToString())
            )
            .TrimEnd(';');
}
