using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>Reads from a statement's own words how far it reaches, and nothing of what it calls or holds in bodies.</summary>
internal static class StatementReach
{
    private static readonly HashSet<string> TrustedLanguages = new(StringComparer.OrdinalIgnoreCase)
    {
        "sql",
        "plpgsql",
        "plperl",
        "pltcl",
        "plv8",
    };

    // Catalogues of all databases: https://www.postgresql.org/docs/current/catalogs-overview.html
    private static readonly HashSet<string> SharedCatalogues = new(StringComparer.Ordinal)
    {
        "PG_AUTHID",
        "PG_AUTH_MEMBERS",
        "PG_ROLES",
        "PG_USER",
        "PG_SHADOW",
        "PG_DATABASE",
        "PG_DB_ROLE_SETTING",
        "PG_TABLESPACE",
        "PG_SHDEPEND",
        "PG_SHDESCRIPTION",
        "PG_SHSECLABEL",
        "PG_SUBSCRIPTION",
        "PG_REPLICATION_ORIGIN",
        "PG_PARAMETER_ACL",
    };

    /// <summary>
    /// How far the statement reaches whose first word stands at a place, and what it is called; null when it stays in its database.
    /// </summary>
    public static (Reach Reach, string What)? Of(IReadOnlyList<ReachToken> tokens, int at)
    {
        var words = new TokenWords(tokens, at);
        return words[0] switch
        {
            "COPY" => Copy(words),
            "LOAD" when words.KindAt(1) == SqlTokenKind.Literal => World("LOAD"),
            "IMPORT" when words[1] is "FOREIGN" => World("IMPORT FOREIGN SCHEMA"),
            "CREATE" or "ALTER" or "DROP" => Definition(words),
            "COMMENT" or "SECURITY" => Remark(words),
            "GRANT" or "REVOKE" => Grant(words),
            "REASSIGN" when words[1] is "OWNED" => Cluster("REASSIGN OWNED"),
            "SET" => SetRole(words),
            "DO" => Language(words, "DO"),
            "REINDEX" when words.ContainsAnyBeforeEnd("DATABASE", "SYSTEM") => Cluster("REINDEX DATABASE"),
            _ => null,
        };
    }

    /// <summary>Whether a direct change of a catalogue that all databases share begins at a place.</summary>
    public static (Reach Reach, string What)? OfCatalogueChange(IReadOnlyList<ReachToken> tokens, int at)
    {
        var words = new TokenWords(tokens, at);
        var next = words[0] switch
        {
            "UPDATE" => 1,
            "INSERT" or "MERGE" when words[1] is "INTO" => 2,
            "DELETE" when words[1] is "FROM" => 2,
            _ => 0,
        };
        if (next == 0)
            return null;
        next += words[next] is "ONLY" ? 1 : 0;
        next += words[next + 1] is "." ? 2 : 0;
        return SharedCatalogues.Contains(words[next]) ? Cluster($"{words[0]} of {words[next].ToLowerInvariant()}") : null;
    }

    private static (Reach Reach, string What) World(string what) => (Reach.World, what);

    private static (Reach Reach, string What) Cluster(string what) => (Reach.Cluster, what);

    private static (Reach Reach, string What)? Copy(TokenWords words)
    {
        var depth = 0;
        for (var i = 1; !words.IsEnd(i); i++)
        {
            depth +=
                words[i] is "(" ? 1
                : words[i] is ")" ? -1
                : 0;
            if (depth != 0 || words[i] is not ("TO" or "FROM"))
                continue;
            if (words[i + 1] is "PROGRAM")
                return World($"COPY {words[i]} PROGRAM");
            // In text that is executed, the name may be put together.
            if (words[i + 1] is not ("STDIN" or "STDOUT"))
                return World($"COPY {words[i]} a file of the server");
        }

        return null;
    }

    private static (Reach Reach, string What)? Definition(TokenWords words)
    {
        var at = words[1] is "OR" && words[2] is "REPLACE" ? 3 : 1;
        var (kind, next) = (words[at], words[at + 1]);
        var what = $"{words[0]} {kind}";
        return kind switch
        {
            "ROLE" or "GROUP" or "USER" when kind is not "USER" || next is not "MAPPING" => words.ContainsName("PG_", before: "SET")
                ? World($"{what} with a role of the server's")
                : Cluster(what),
            "DATABASE" or "TABLESPACE" or "SYSTEM" => Cluster(what),
            "OWNED" => Cluster(what),
            "SUBSCRIPTION" or "SERVER" => World(what),
            "USER" => World($"{what} MAPPING"),
            "FOREIGN" => World($"{what} {next}"),
            "EXTENSION" => Extension(words, at + 1, what),
            "LANGUAGE" or "TRUSTED" or "PROCEDURAL" => CreatedLanguage(words, at, what),
            "FUNCTION" or "PROCEDURE" when words[0] is "CREATE" => Language(words, what),
            _ => null,
        };
    }

    /// <summary>Whether an extension reaches beyond its database: those that connect to others, write files, or run any code.</summary>
    public static bool IsWorldExtension(string name) =>
        name.EndsWith("_fdw", StringComparison.Ordinal)
        || name is "dblink" or "adminpack" or "pg_cron" or "pg_net" or "http" or "pglogical" or "pg_background" or "aws_s3" or "aws_lambda"
        || IsLanguage(name);

    /// <summary>Whether an extension is a language that is not trusted.</summary>
    public static bool IsLanguage(string extension) =>
        extension is "plsh" || (extension.StartsWith("pl", StringComparison.Ordinal) && extension.EndsWith('u'));

    private static (Reach Reach, string What)? Extension(TokenWords words, int at, string what)
    {
        at += words[at] is "IF"
            ? words[at + 1] is "NOT"
                ? 3
                : 2
            : 0;
        for (; !words.IsEnd(at); at++)
        {
            var name = words[at].ToLowerInvariant();
            if (IsWorldExtension(name))
                return World($"{what} {name}");
            if (words[at + 1] is not ",")
                break;
        }

        return null;
    }

    private static (Reach Reach, string What)? CreatedLanguage(TokenWords words, int at, string what)
    {
        while (words[at] is "TRUSTED" or "PROCEDURAL" or "LANGUAGE")
            at++;
        return TrustedLanguages.Contains(words[at]) ? null : World(what);
    }

    private static (Reach Reach, string What)? Language(TokenWords words, string what)
    {
        var depth = 0;
        for (var i = 1; !words.IsEnd(i); i++)
        {
            depth +=
                words[i] is "(" ? 1
                : words[i] is ")" ? -1
                : 0;
            if (depth != 0 || words[i] is not "LANGUAGE")
                continue;
            var name = words.KindAt(i + 1) == SqlTokenKind.Literal ? SqlLiterals.ValueOf(words[i + 1]) : words[i + 1].ToLowerInvariant();
            if (!TrustedLanguages.Contains(name))
                return World($"{what} in the language {name}");
        }

        return null;
    }

    private static (Reach Reach, string What)? Remark(TokenWords words)
    {
        for (var i = 1; !words.IsEnd(i) && words[i] is not "IS"; i++)
        {
            if (words[i] is not "ON")
                continue;
            var what = $"{words[0]} ON {words[i + 1]}";
            return words[i + 1] switch
            {
                "DATABASE" or "ROLE" or "TABLESPACE" => Cluster(what),
                "SUBSCRIPTION" or "SERVER" => World(what),
                "FOREIGN" => World($"{what} {words[i + 2]}"),
                _ => null,
            };
        }

        return null;
    }

    private static (Reach Reach, string What)? Grant(TokenWords words)
    {
        for (var i = 1; !words.IsEnd(i); i++)
        {
            if (words[i] is "ON")
            {
                return words[i + 1] switch
                {
                    "DATABASE" or "TABLESPACE" or "PARAMETER" => Cluster($"{words[0]} ON {words[i + 1]}"),
                    "FOREIGN" => World($"{words[0]} ON FOREIGN {words[i + 2]}"),
                    _ => null,
                };
            }
        }

        if (!words.ContainsAnyBeforeEnd("TO", "FROM"))
            return null;
        return words.ContainsName("PG_", before: "WITH")
            ? World($"{words[0]} of a role of the server's")
            : Cluster($"{words[0]} of a role");
    }

    private static (Reach Reach, string What)? SetRole(TokenWords words)
    {
        var at = words[1] is "LOCAL" or "SESSION" ? 2 : 1;
        if (words[at] is not ("ROLE" or "AUTHORIZATION"))
            return null;
        at += words[at + 1] is "TO" or "=" ? 2 : 1;
        var name = words.KindAt(at) == SqlTokenKind.Literal ? SqlLiterals.ValueOf(words[at]) : words[at];
        return name.StartsWith("PG_", StringComparison.OrdinalIgnoreCase) ? World("SET ROLE to a role of the server's") : null;
    }
}
