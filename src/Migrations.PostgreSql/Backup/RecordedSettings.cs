using System.Globalization;
using System.Text;
using Migrations.History;

namespace Migrations.PostgreSql;

/// <summary>
/// What a database has beside its content, as a backup's manifest records it, for the restore of one that is gone: owner, comment, settings
/// (<c>ALTER DATABASE ... SET</c>, <c>ALTER ROLE ... IN DATABASE ... SET</c>), rights on it, whether it is a template, the limit of
/// connections. Values are recorded and no statements, because a manifest is a text that anyone may have written; of a secret only that
/// there
/// is one.
/// </summary>
internal static class RecordedSettings
{
    private const string Owner = "owner";
    private const string Comment = "comment";
    private const string Template = "is_template";
    private const string Limit = "connection_limit";
    private const string Setting = "set:";
    private const string RoleSetting = "role_set:";
    private const string Grant = "grant:";
    private const string OwnRights = "own_rights";
    private const string Grantable = "with grant option";
    private const string Withheld = "***";

    private const string Query = $"""
        WITH d AS (SELECT * FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
        SELECT 'owner', pg_catalog.pg_get_userbyid(datdba)::text FROM d
        UNION ALL SELECT 'comment', NULLIF(
            pg_catalog.regexp_replace(pg_catalog.shobj_description(oid, 'pg_database'), '{KeptMark.Pattern}', ''), '') FROM d
        UNION ALL SELECT 'is_template', 'true' FROM d WHERE datistemplate
        UNION ALL SELECT 'connection_limit', datconnlimit::text FROM d WHERE datconnlimit >= 0
        UNION ALL SELECT 'own_rights', 'true' FROM d WHERE datacl IS NOT NULL
        UNION ALL SELECT 'grant:' || a.privilege_type || ':'
            || CASE a.grantee WHEN 0 THEN '' ELSE pg_catalog.pg_get_userbyid(a.grantee)::text END,
            CASE WHEN a.is_grantable THEN 'with grant option' ELSE '' END FROM d, pg_catalog.aclexplode(datacl) a
        UNION ALL SELECT 'role_set:' || pg_catalog.split_part(c, '=', 1) || ':' || pg_catalog.pg_get_userbyid(s.setrole)::text,
            pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1)
            FROM d JOIN pg_catalog.pg_db_role_setting s ON s.setdatabase = d.oid AND s.setrole <> 0, pg_catalog.unnest(s.setconfig) c
        UNION ALL SELECT 'set:' || pg_catalog.split_part(c, '=', 1), pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1)
            FROM d JOIN pg_catalog.pg_db_role_setting s ON s.setdatabase = d.oid AND s.setrole = 0, pg_catalog.unnest(s.setconfig) c
        """;

    // https://www.postgresql.org/docs/current/sql-grant.html
    private static readonly string[] Known = ["CREATE", "CONNECT", "TEMPORARY"];

    private static readonly Dictionary<string, string> Nothing = new(StringComparer.Ordinal);

    private static readonly string[] Lists = ["search_path", "temp_tablespaces", "local_preload_libraries", "session_preload_libraries"];

    /// <summary>Reads them of the database that a session is connected to.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(
        PostgreSqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await connection
            .QueryAsync(
                Query,
                row =>
                {
                    if (!row.IsDBNull(1))
                        found[row.GetString(0)] = IsSecret(row.GetString(0), row.GetString(1)) ? Withheld : row.GetString(1);
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return found;
    }

    private static bool IsSecret(string key, string value) =>
        (key is Comment && SecretText.MayHold(value))
        || (IsSetting(key) && (SecretText.MayHold(value) || SecretText.IsSecretName(Set(key).Name)));

    /// <summary>The statements that set them: what stands before the database's name, and behind it. Those that would hinder us are
    /// last.</summary>
    public static IEnumerable<(string Before, string Behind)> Statements(IReadOnlyDictionary<string, string>? recorded)
    {
        if (recorded is null)
            yield break;
        foreach (var (key, value) in recorded.Where(s => IsSetting(s.Key) && s.Value is not Withheld))
        {
            var (before, name) = Set(key);
            var set = Lists.Contains(name, StringComparer.OrdinalIgnoreCase) ? List(value) : PostgreSqlText.Literal(value);
            yield return (before, $" SET {string.Join('.', name.Split('.').Select(PostgreSqlText.Name))} TO {set}");
        }

        if (recorded.GetValueOrDefault(Comment) is { } comment and not Withheld)
            yield return ("COMMENT ON DATABASE ", " IS " + PostgreSqlText.Literal(comment));
        if (recorded.GetValueOrDefault(Owner) is { } owner)
            yield return ("ALTER DATABASE ", " OWNER TO " + PostgreSqlText.Name(owner));
        foreach (var statement in Rights(recorded))
            yield return statement;
        if (recorded.GetValueOrDefault(Limit) is { } limit && int.TryParse(limit, CultureInfo.InvariantCulture, out var connections))
            yield return ("ALTER DATABASE ", string.Create(CultureInfo.InvariantCulture, $" CONNECTION LIMIT {connections}"));
        if (recorded.GetValueOrDefault(Template) is "true")
            yield return ("ALTER DATABASE ", " IS_TEMPLATE true");
    }

    /// <summary>What the source had and the manifest does not say, because it is a secret, or may be one.</summary>
    public static IEnumerable<string> Unknown(IReadOnlyDictionary<string, string>? recorded)
    {
        foreach (var (key, _) in (recorded ?? Nothing).Where(s => s.Value is Withheld && (IsSetting(s.Key) || s.Key is Comment)))
        {
            if (key is Comment)
                yield return "COMMENT ON DATABASE (it may hold a secret and is not recorded)";
            else
                yield return $"{Set(key).Before}the database SET {Set(key).Name} (it may be a secret and is not recorded)";
        }
    }

    // Once a database has rights of its own, everyone's usual ones are among them (https://www.postgresql.org/docs/current/ddl-priv.html).
    private static IEnumerable<(string Before, string Behind)> Rights(IReadOnlyDictionary<string, string> recorded)
    {
        if (!recorded.ContainsKey(OwnRights))
            yield break;
        yield return ("REVOKE ALL ON DATABASE ", " FROM PUBLIC");
        foreach (var (key, value) in recorded.Where(s => s.Key.StartsWith(Grant, StringComparison.Ordinal)))
        {
            var (right, role) = Split(key, Grant);
            if (Known.Contains(right, StringComparer.Ordinal))
                yield return (
                    $"GRANT {right} ON DATABASE ",
                    $" TO {(role.Length == 0 ? "PUBLIC" : PostgreSqlText.Name(role))}{(value is Grantable ? " WITH GRANT OPTION" : "")}"
                );
        }
    }

    private static bool IsSetting(string key) =>
        key.StartsWith(Setting, StringComparison.Ordinal) || key.StartsWith(RoleSetting, StringComparison.Ordinal);

    private static (string Before, string Name) Set(string key)
    {
        if (key.StartsWith(Setting, StringComparison.Ordinal))
            return ("ALTER DATABASE ", key[Setting.Length..]);
        var (name, role) = Split(key, RoleSetting);
        return ($"ALTER ROLE {PostgreSqlText.Name(role)} IN DATABASE ", name);
    }

    // No name of a right or setting has a colon; a role's may.
    private static (string Name, string Role) Split(string key, string prefix)
    {
        var colon = key.IndexOf(':', prefix.Length);
        return colon < 0 ? (key[prefix.Length..], "") : (key[prefix.Length..colon], key[(colon + 1)..]);
    }

    // The server keeps a list as it was written: names, some of them in quotes.
    private static string List(string value)
    {
        var (names, name, isQuoted) = (new List<string>(), new StringBuilder(), false);
        foreach (var c in value)
        {
            if (c == '"')
                isQuoted = !isQuoted;
            else if (c == ',' && !isQuoted)
            {
                names.Add(name.ToString().Trim());
                name.Clear();
            }
            else
                name.Append(c);
        }

        names.Add(name.ToString().Trim());
        return string.Join(", ", names.Select(PostgreSqlText.Literal));
    }
}
