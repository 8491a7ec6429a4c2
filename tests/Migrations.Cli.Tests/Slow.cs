namespace Migrations.Cli.Tests;

/// <summary>Statements that run for minutes unless they are interrupted.</summary>
internal static class Slow
{
    public const string Sqlite =
        "CREATE TABLE slow AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000000000) "
        + "SELECT count(*) AS c FROM n;\n";

    public const string PostgreSql = "SELECT pg_sleep(300);\n";
}
