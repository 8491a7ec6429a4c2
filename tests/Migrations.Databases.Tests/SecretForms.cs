namespace Migrations.Databases.Tests;

/// <summary>Statements with a secret in them: <see cref="Canary"/> stands where it is.</summary>
internal static class SecretForms
{
    public const string Canary = "hunter2Canary";

    /// <summary>Statements for PostgreSQL, most of which it refuses.</summary>
    public static readonly string[] PostgreSql =
    [
        $"CREATE ROLE nowhere_user LOGIN PASSWORD '{Canary}' IN ROLE nowhere_group",
        $"ALTER ROLE nowhere_user ENCRYPTED PASSWORD '{Canary}'",
        $"ALTER USER nowhere_user WITH PASSWORD {Canary}",
        $"ALTER ROLE nowhere_user PASSWORD \"{Canary}\"",
        $"ALTER ROLE nowhere_user PASSWORD = '{Canary}'",
        $"ALTER ROLE nowhere_user PASSWORD “{Canary}”",
        $"ALTER ROLE nowhere_user PASSWORD `{Canary}`",
        $"ALTER ROLE nowhere_user PASSWORD {Canary}!x VALID UNTIL 'infinity'",
        $"ALTER ROLE nowhere_user PASSWORD 'it's {Canary}' LOGIN",
        $"ALTER ROLE nowhere_user PASSWORD E'{Canary}\\n'",
        $"ALTER ROLE nowhere_user PASSWORD U&'{Canary}'",
        $"ALTER ROLE nowhere_user PASSWORD $x${Canary}$x$",
        $"ALTER ROLE nowhere_user PASSWORD 'a'\n  '{Canary}'",
        $"ALTER ROLE nowhere_user IDENTIFIED BY '{Canary}'",
        $"CREATE USER MAPPING FOR PUBLIC SERVER nowhere OPTIONS (\"user\" 'x', \"password\" '{Canary}')",
        $"CREATE USER MAPPING FOR PUBLIC SERVER nowhere OPTIONS (user 'u', password '{Canary}')",
        $"ALTER USER MAPPING FOR PUBLIC SERVER nowhere OPTIONS (SET password '{Canary}')",
        $"CREATE USER MAPPING FOR PUBLIC SERVER nowhere OPTIONS (user 'u', password {Canary})",
        $"CREATE USER MAPPING FOR PUBLIC SERVER nowhere OPTIONS (sslpassword '{Canary}')",
        $"CREATE SUBSCRIPTION nowhere CONNECTION 'host=h user=u password={Canary}' PUBLICATION p WITH (connect = false, enabled = true)",
        $"ALTER SUBSCRIPTION nowhere CONNECTION 'host=h password=''{Canary}'' user=u'",
        $"ALTER SUBSCRIPTION nowhere CONNECTION 'host=h user=u '\n'password={Canary}'",
        $"SELECT dblink('host=h password={Canary}', 'select 1')",
        $"SELECT no_such_function('postgres://u:{Canary}@h/db')",
        $"SELECT no_such_function('postgres://u:a@/{Canary}@h/db')",
        $"SELECT no_such_function('{{\"password\": \"{Canary}\"}}')",
        $"DO $$BEGIN EXECUTE format('ALTER ROLE nowhere_user PASSWORD %L', '{Canary}'); END$$",
        $"DO $$BEGIN EXECUTE 'ALTER ROLE nowhere_user PASSWORD ' || quote_literal('{Canary}'); END$$",
        $"DO $$BEGIN EXECUTE 'ALTER ROLE nowhere_user PASSWORD ''' || '{Canary}' || ''''; END$$",
        $"DO $$DECLARE v text := '{Canary}'; BEGIN EXECUTE format('ALTER ROLE nowhere_user PASSWORD %L', v); END$$",
        $"DO $$DECLARE v_password text := '{Canary}'; BEGIN PERFORM no_such_function(v_password); END$$",
        $"DO $$BEGIN ALTER ROLE nowhere_user PASSWORD {Canary}; END$$",
        $"DO $x$BEGIN EXECUTE $y$ALTER ROLE nowhere_user PASSWORD '{Canary}'$y$; END$x$",
        $"DO 'BEGIN ALTER ROLE nowhere_user PASSWORD ''{Canary}''; END'",
        $"DO E'BEGIN ALTER ROLE nowhere_user PASSWORD \\'{Canary}\\'; END'",
        $"SET app_password TO '{Canary}'",
        $"SET app.password = {Canary} oops",
        $"SELECT set_config('app.api_key', '{Canary}', false), no_such_function()",
        $"ALTER DATABASE nowhere SET app.secret = '{Canary}'",
        $"SELECT pgp_sym_encrypt('x', '{Canary}', 3, 4)",
        $"INSERT INTO nowhere (name, password) VALUES ('ann', '{Canary}')",
        $"INSERT INTO public.nowhere AS n (id, \"api_key\", note) OVERRIDING SYSTEM VALUE VALUES (1, '{Canary}', 'x'), "
            + $"(2, upper('{Canary}'), 'y') RETURNING id",
        $"INSERT INTO nowhere (name, token) SELECT 'ann', '{Canary}' FROM generate_series(1, 2)",
        $"WITH x AS (INSERT INTO nowhere (secret) VALUES ('{Canary}') RETURNING 1) SELECT 1 FROM x",
        $"DO $$BEGIN INSERT INTO nowhere (name, password_hash) VALUES (concat('a', 'b'), '{Canary}'); END$$",
        $"UPDATE nowhere SET password = crypt('{Canary}', gen_salt('bf'))",
        $"UPDATE nowhere SET password = '{Canary}' WHERE id = 1",
        $"UPDATE public.nowhere SET v = '{Canary}' WHERE kind = 'mail' AND k = 'smtp_password'",
        $"SELECT 1 / 0, '{Canary}' AS password",
        $"COMMENT ON ROLE nowhere_user IS 'the password is {Canary}'",
        $"COMMENT ON ROLE nowhere_user IS 'pw: {Canary}'",
        $"-- password: {Canary}\nSELECT no_such_function()",
        $"/* ALTER ROLE r PASSWORD '{Canary}' */ SELECT no_such_function()",
        $"SELECT no_such_function(/* postgres://u:{Canary}@h */)",
    ];

    /// <summary>Statements for SQLite.</summary>
    public static readonly string[] Sqlite =
    [
        $"PRAGMA key = '{Canary}'; SELECT no_such_column",
        $"PRAGMA key = {Canary}; SELECT no_such_column",
        $"PRAGMA key('{Canary}'); SELECT no_such_column",
        $"PRAGMA main.rekey = \"{Canary}\"; SELECT no_such_column",
        $"PRAGMA hexkey = '{Canary}'; SELECT no_such_column",
        $"ATTACH 'nowhere.db' AS n KEY '{Canary}'",
        $"ATTACH 'nowhere.db' AS n KEY {Canary}",
        $"UPDATE nowhere SET password = '{Canary}'",
        $"INSERT INTO nowhere (name, password) VALUES ('ann', '{Canary}'), ('bob', '{Canary}')",
        $"REPLACE INTO nowhere ([name], [password]) VALUES ('ann', '{Canary}')",
        $"INSERT OR IGNORE INTO nowhere(\"token\",`name`) SELECT '{Canary}', 'ann' WHERE 1 UNION SELECT 'x', 'y'",
        $"UPDATE nowhere SET v = '{Canary}' WHERE \"k\" = 'api_key'",
        $"SELECT no_such_function(), '{Canary}' AS \"password\"",
        $"INSERT INTO nowhere VALUES ('postgres://u:{Canary}@h/db')",
        $"INSERT INTO nowhere VALUES ('Host=h;Password={Canary};Database=d')",
        $"CREATE TABLE t (a, password TEXT DEFAULT '{Canary}',,)",
        $"-- password: {Canary}\nSELECT no_such_column",
        $"SELECT no_such_function('password', '{Canary}')",
        $"CREATE USER u PASSWORD {Canary}",
    ];

    /// <summary>Statements that only speak of secrets, and are shown as they are.</summary>
    public static readonly string[] Harmless =
    [
        "CREATE TABLE users (id integer, password text NOT NULL, note text DEFAULT 'x', secret_key varchar(20))",
        "ALTER TABLE users ADD COLUMN password_hash text",
        "ALTER TABLE users ALTER COLUMN password TYPE varchar(20)",
        "SELECT password, 'x' FROM users WHERE password IS NULL AND name = 'pwd'",
        "INSERT INTO password_resets VALUES ('x', 'y')",
        "INSERT INTO users (name, password) VALUES ('x', NULL)",
        "INSERT INTO users (name, note) VALUES ('x', 'password')",
        "CREATE INDEX i ON users (password, name)",
        "UPDATE users SET password = old_password WHERE name = 'x'",
        "ALTER ROLE r PASSWORD NULL",
        "INSERT INTO links VALUES ('https://example.org/a:b', 'see @x')",
        "-- Adds the password column\nSELECT 1",
    ];
}
