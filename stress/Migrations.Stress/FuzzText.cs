using System.Text;

namespace Migrations.Stress;

/// <summary>
/// Random file names, headers and scripts: mostly almost right, because what is wholly wrong is refused at the first look.
/// </summary>
internal sealed class FuzzText(Random random, bool isPostgreSql)
{
    private static readonly string[] Hostile =
    [
        "x\"; DROP TABLE canary; --",
        "x'; DROP TABLE canary; --",
        "x`; DROP TABLE canary; --",
        "x]; DROP TABLE canary; --",
        "x\nDROP TABLE canary;",
        "%s%n$1",
        "$$; DROP TABLE canary; $$",
        "\\",
        "\\'",
        "ünï çødé",
        "\u202Eabc",
        "${HOME}",
        "a b",
        "--",
        "/*",
        "*/",
        ";",
        "NULL",
        "select",
        "'",
        "\"",
        "\"\"",
        "''",
        "{0}",
        "##vso[task.complete]",
        "\t",
        new string('n', 70),
    ];

    private static readonly string[] Names =
    [
        "001_a.sql",
        "001_a_rollback.sql",
        "001_a.down.sql",
        "002_b.up.sql",
        "002_b.down.sql",
        "V1_2__c.sql",
        "R__d.sql",
        "U1_2__c.sql",
        "20240101120000_e.sql",
        "0189.up.sql",
        "x..up.sql",
        "x_up.sql",
        "3-f.sql",
        "1.2__g.sql",
        "schema.sql",
        "seed.sql",
        "README.md",
        "004_h.ps1",
        ".005_i.sql",
        "006_.sql",
        "007_j.SQL",
        "8_k.sql.sha256",
    ];

    private static readonly string[] Headers =
    [
        "-- Migration: a",
        "-- Description: the words",
        "-- Version: 1.2.0",
        "-- Depends-On: 001, b",
        "-- Transaction: none",
        "-- Transaction: required",
        "-- Transaction: perhaps",
        "-- Foreign-Keys: off",
        "-- Row-Loss: allowed",
        "-- Store-Script: no",
        "-- Timeout: 2s",
        "-- Timeout: -1",
        "-- Lock-Timeout: 100ms",
        "-- Environment: staging",
        "-- Breaking: yes",
        "-- migrate:up",
        "-- migrate:down",
        "-- +goose Up",
        "-- +goose Down",
        "-- +goose StatementBegin",
        "-- +goose StatementEnd",
        "-- +goose NO TRANSACTION",
        "-- Up Migration",
        "-- Down Migration",
        "-- no-transaction",
        "/* block */",
        "\uFEFF",
        "-- Version: 99999999999999999999999.1",
    ];

    private static readonly string[] Usual =
    [
        "CREATE TABLE t (a integer PRIMARY KEY, b text DEFAULT 'x;y');",
        "CREATE TABLE IF NOT EXISTS t (a integer PRIMARY KEY, b text);",
        "CREATE TABLE IF NOT EXISTS u (t_a integer REFERENCES t (a) ON DELETE CASCADE);",
        "DROP TABLE IF EXISTS u;",
        "CREATE INDEX IF NOT EXISTS t_b ON t (b);",
        "CREATE VIEW v AS SELECT 1 AS one;",
        "-- a comment; with a semicolon",
        "/* a; comment */",
        "SELECT 1;",
        "SAVEPOINT s; RELEASE SAVEPOINT s;",
        "INSERT INTO t SELECT 1, 'it''s';",
        "DELETE FROM t WHERE a > 1;",
    ];

    private static readonly string[] Odd =
    [
        "BEGIN;",
        "COMMIT;",
        "ROLLBACK;",
        "VACUUM;",
        "\"",
        "'",
        "(",
        ");",
        ";;",
        "SELECT '${NOT_SET}';",
        "ANALYZE;",
        "INSERT INTO nowhere VALUES (1);",
        "ALTER TABLE t RENAME TO u;",
        "DROP TABLE t;",
        "ALTER TABLE t ADD COLUMN c integer;",
        "UPDATE t SET b = upper(b);",
    ];

    private static readonly string[] OfSqlite =
    [
        "PRAGMA foreign_keys = OFF;",
        "PRAGMA journal_mode = WAL;",
        "PRAGMA user_version = 3;",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET b = 'g'; END;",
        "CREATE VIRTUAL TABLE f USING fts5(x);",
        "ATTACH ':memory:' AS aux;",
        "CREATE TABLE aux.w (a);",
        "DETACH aux;",
        "CREATE TABLE t_new AS SELECT * FROM t;",
        "ALTER TABLE t_new RENAME TO t;",
        ".read x.sql",
        "REINDEX;",
        "CREATE TEMP TABLE p (a);",
        "SELECT ?1, :name;",
        "PRAGMA writable_schema = 0;",
    ];

    private static readonly string[] OfPostgreSql =
    [
        "DO $$ BEGIN PERFORM 1; END $$;",
        "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS $f$ SELECT 1; $f$;",
        "COPY t FROM stdin;\n5\tx\n\\.\n",
        "COPY t FROM stdin;\nnot a row\n\\.\n",
        "CREATE INDEX CONCURRENTLY t_c ON t (b);",
        "SET search_path = pg_catalog;",
        "SET LOCAL statement_timeout = 100;",
        "\\restrict abc",
        "\\connect other",
        "\\i file.sql",
        "SELECT E'\\'', U&'\\0041', $1;",
        "CREATE TYPE m AS ENUM ('a');",
        "ALTER TYPE m ADD VALUE 'b';",
        "SELECT pg_sleep(0.01);",
        "RESET ALL;",
        "SET ROLE pg_read_all_data;",
        "LOCK TABLE t;",
        "CALL nothing();",
        "CREATE OR REPLACE FUNCTION h() RETURNS int BEGIN ATOMIC SELECT 1; END;",
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;",
        "SELECT 1/0;",
        "PREPARE TRANSACTION 'x';",
    ];

    /// <summary>A name that means harm, or none.</summary>
    public string? HostileName() => random.Next(2) == 0 ? null : Pick(Hostile);

    /// <summary>A file's name.</summary>
    public string FileName()
    {
        var name = new StringBuilder(
            random.Next(3) == 0 ? Pick(Names) : $"{random.Next(1, 20):000}_{Pick(Hostile).Replace('/', '_').Replace('\\', '_')}.sql"
        );
        for (var edits = random.Next(8) - 4; edits > 0; edits--)
            Edit(name, Hostile);
        var text = name.ToString().Replace('/', '_').Replace("\0", "", StringComparison.Ordinal).Trim('.');
        return text.Length == 0 ? "_" : text[..Math.Min(text.Length, 80)];
    }

    /// <summary>A file's content.</summary>
    public byte[] Script()
    {
        string[] odd = [.. Odd, .. isPostgreSql ? OfPostgreSql : OfSqlite];
        var text = new StringBuilder();
        for (var lines = random.Next(9) - 5; lines > 0; lines--)
            // On one line: behind a line end it would be a statement that the script's author wrote.
            text.Append(Pick(Headers))
                .Append(random.Next(6) == 0 ? Pick(Hostile).ReplaceLineEndings(" ") : "")
                .Append(random.Next(5) == 0 ? "\r\n" : "\n");
        for (var statements = random.Next(8); statements > 0; statements--)
            text.Append(Pick(random.Next(4) == 0 ? odd : Usual)).Append(random.Next(5) == 0 ? " " : "\n");
        for (var edits = random.Next(7) - 4; edits > 0; edits--)
            Edit(text, odd);
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        if (random.Next(12) == 0 && bytes.Length > 0)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    private string Pick(string[] from) => from[random.Next(from.Length)];

    private void Edit(StringBuilder text, string[] words)
    {
        var at = random.Next(text.Length + 1);
        var length = Math.Min(random.Next(12), text.Length - at);
        switch (random.Next(5))
        {
            case 0:
                text.Remove(at, length);
                break;
            case 1:
                text.Insert(random.Next(text.Length + 1), text.ToString(at, length));
                break;
            case 2:
                text.Insert(at, Pick(words));
                break;
            case 3:
                text.Insert(at, (char)random.Next(1, 0x2FF));
                break;
            default:
                text.Length = at;
                break;
        }
    }
}
