using System.Globalization;
using System.Text;
using Migrations.History;

namespace Migrations.PostgreSql;

/// <summary>
/// What a database has beside its content, as a backup's manifest records it, for the restore of one that is gone: owner, comment, settings
/// (<c>ALTER DATABASE ... SET</c>), whether it is a template, the limit of connections. Values are recorded and no statements, because a
/// manifest is a text that anyone may have written; secrets are left out. Rights and settings of single roles are not recorded.
/// </summary>
internal static class RecordedSettings
{
    private const string Owner = "owner";
    private const string Comment = "comment";
    private const string Template = "is_template";
    private const string Limit = "connection_limit";
    private const string Setting = "set:";

    private const string Query = $"""
        WITH d AS (SELECT * FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
        SELECT 'owner', pg_catalog.pg_get_userbyid(datdba)::text FROM d
        UNION ALL SELECT 'comment', NULLIF(
            pg_catalog.regexp_replace(pg_catalog.shobj_description(oid, 'pg_database'), '{KeptMark.Pattern}', ''), '') FROM d
        UNION ALL SELECT 'is_template', 'true' FROM d WHERE datistemplate
        UNION ALL SELECT 'connection_limit', datconnlimit::text FROM d WHERE datconnlimit >= 0
        UNION ALL SELECT 'set:' || pg_catalog.split_part(c, '=', 1), pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1)
            FROM d JOIN pg_catalog.pg_db_role_setting s ON s.setdatabase = d.oid AND s.setrole = 0, pg_catalog.unnest(s.setconfig) c
        """;

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
                    if (!row.IsDBNull(1) && !SecretText.IsSecretName(row.GetString(0)) && !SecretText.MayHold(row.GetString(1)))
                        found[row.GetString(0)] = row.GetString(1);
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return found;
    }

    /// <summary>The statements that set them: what stands before the database's name, and behind it. Those that would hinder us are
    /// last.</summary>
    public static IEnumerable<(string Before, string Behind)> Statements(IReadOnlyDictionary<string, string>? recorded)
    {
        foreach (
            var (key, value) in (recorded ?? new Dictionary<string, string>(StringComparer.Ordinal)).Where(s =>
                s.Key.StartsWith(Setting, StringComparison.Ordinal)
            )
        )
        {
            var name = key[Setting.Length..];
            var set = Lists.Contains(name, StringComparer.OrdinalIgnoreCase) ? List(value) : PostgreSqlText.Literal(value);
            yield return ("ALTER DATABASE ", $" SET {string.Join('.', name.Split('.').Select(PostgreSqlText.Name))} TO {set}");
        }

        if (recorded?.GetValueOrDefault(Comment) is { } comment)
            yield return ("COMMENT ON DATABASE ", " IS " + PostgreSqlText.Literal(comment));
        if (recorded?.GetValueOrDefault(Owner) is { } owner)
            yield return ("ALTER DATABASE ", " OWNER TO " + PostgreSqlText.Name(owner));
        if (recorded?.GetValueOrDefault(Limit) is { } limit && int.TryParse(limit, CultureInfo.InvariantCulture, out var connections))
            yield return ("ALTER DATABASE ", string.Create(CultureInfo.InvariantCulture, $" CONNECTION LIMIT {connections}"));
        if (recorded?.GetValueOrDefault(Template) is "true")
            yield return ("ALTER DATABASE ", " IS_TEMPLATE true");
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
