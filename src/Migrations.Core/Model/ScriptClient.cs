namespace Migrations;

/// <summary>The program that is to run an exported script.</summary>
public enum ScriptClient
{
    /// <summary>PostgreSQL's <c>psql</c> (<see href="https://www.postgresql.org/docs/current/app-psql.html"/>).</summary>
    Psql,

    /// <summary>SQLite's shell (<see href="https://sqlite.org/cli.html"/>).</summary>
    Sqlite3,

    /// <summary>Cloudflare D1, by <c>wrangler d1 execute --file</c>
    /// (<see href="https://developers.cloudflare.com/d1/wrangler-commands/"/>).</summary>
    D1,

    /// <summary>Any client that sends SQL statement by statement and stops at the first error: no client's own command is in it.</summary>
    Plain,
}
