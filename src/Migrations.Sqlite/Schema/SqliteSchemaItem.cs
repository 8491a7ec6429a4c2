using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>A row of <c>sqlite_master</c>.</summary>
/// <param name="Type">table, index, view or trigger.</param>
/// <param name="Name">Its name.</param>
/// <param name="Table">The table or view that it belongs to; a table's own name.</param>
/// <param name="Sql">Its definition; null for an index that stands for a constraint.</param>
internal sealed record SqliteSchemaItem(string Type, string Name, string Table, string? Sql)
{
    /// <summary>The name that no table of the user's has: PostgreSQL's lock table, should a database have been copied.</summary>
    public const string LockTable = "migration_lock";

    // The tables in which modules keep what they hold. A library that lacks the module could not list them.
    private static readonly Dictionary<string, string[]> Shadows = new(StringComparer.OrdinalIgnoreCase)
    {
        ["fts3"] = ["content", "segments", "segdir", "docsize", "stat"],
        ["fts4"] = ["content", "segments", "segdir", "docsize", "stat"],
        ["fts5"] = ["data", "idx", "content", "docsize", "config"],
        ["rtree"] = ["node", "rowid", "parent"],
        ["rtree_i32"] = ["node", "rowid", "parent"],
        ["geopoly"] = ["node", "rowid", "parent"],
        ["spellfix1"] = ["vocab"],
    };

    /// <summary>The module of a virtual table in small letters; null for anything else.</summary>
    public string? Module { get; private init; }

    /// <summary>
    /// The table in which a full-text index finds its text (<see href="https://sqlite.org/fts5.html#external_content_tables"/>), without
    /// quotes; null when the index keeps the text itself, or no one does.
    /// </summary>
    public string? TextSource { get; private init; }

    /// <summary>The columns of a full-text index (FTS5) that keeps its text itself, as names; empty for all else.</summary>
    public IReadOnlyList<string> OwnTextColumns { get; private init; } = [];

    /// <summary>Whether a virtual table keeps its content in it.</summary>
    public bool IsShadow { get; private init; }

    /// <summary>Whether it is a table that is no virtual one.</summary>
    public bool IsPlainTable => Type is "table" && Module is null;

    /// <summary>Whether it is SQLite's or a module's own.</summary>
    public bool IsInternal => IsShadow || IsSystem;

    /// <summary>Whether it is SQLite's own.</summary>
    public bool IsSystem => SqliteNames.IsInternal(Name);

    /// <summary>Whether it is this table, or part of it.</summary>
    public bool BelongsTo(string table) => SqliteNames.Comparer.Equals(Table, table);

    /// <summary>The names of the tables in which a virtual table keeps its content; none for anything else.</summary>
    public IEnumerable<string> ShadowNames =>
        Module is null || !Shadows.TryGetValue(Module, out var ends)
            ? []
            // Where the text is elsewhere, a table of this name is the user's own, and mostly just that text.
            : ends.Where(e => TextSource is null || e is not "content").Select(e => $"{Name}_{e}");

    /// <summary>Reads all of them, in the order of their creation.</summary>
    /// <exception cref="SqliteFailure">The schema cannot be read.</exception>
    public static List<SqliteSchemaItem> Read(SqliteHandle handle)
    {
        var items = new List<SqliteSchemaItem>();
        ReadInto(items, handle, "rowid");
        return WithShadows(items);
    }

    /// <summary>Reads those that can be read of a damaged schema.</summary>
    /// <exception cref="SqliteFailure">None can.</exception>
    public static List<SqliteSchemaItem> ReadWhatCanBeRead(SqliteHandle handle)
    {
        var items = new List<SqliteSchemaItem>();
        try
        {
            ReadInto(items, handle, "rowid");
        }
        catch (SqliteFailure e) when (e.IsDamage && items.Count > 0)
        {
            var rest = new List<SqliteSchemaItem>();
            try
            {
                ReadInto(rest, handle, "rowid DESC");
            }
            catch (SqliteFailure again) when (again.IsDamage)
            {
                // The damage lies between the two.
            }

            items.AddRange(rest.Where(r => !items.Exists(i => SqliteNames.Comparer.Equals(i.Name, r.Name))).Reverse());
        }

        return WithShadows(items);
    }

    private static void ReadInto(List<SqliteSchemaItem> items, SqliteHandle handle, string order)
    {
        using var rows = handle.Prepare($"SELECT type, name, tbl_name, sql FROM main.sqlite_master ORDER BY {order}");
        while (rows.Step())
            items.Add(Of(rows.Text(0) ?? "", rows.Text(1) ?? "", rows.Text(2) ?? "", rows.Text(3)));
    }

    private static List<SqliteSchemaItem> WithShadows(List<SqliteSchemaItem> items)
    {
        var shadows = items.SelectMany(i => i.ShadowNames).ToHashSet(SqliteNames.Comparer);
        return shadows.Count == 0 ? items : [.. items.Select(i => shadows.Contains(i.Table) ? i with { IsShadow = true } : i)];
    }

    /// <summary>Reads what a definition says.</summary>
    public static SqliteSchemaItem Of(string type, string name, string table, string? sql)
    {
        var item = new SqliteSchemaItem(type, name, table, sql is null ? null : WithoutLastComment(sql));
        if (type is not "table" || sql?.StartsWith("CREATE VIRTUAL", StringComparison.OrdinalIgnoreCase) != true)
            return item;
        var tokens = new SqliteTokenCursor(SqliteTokenCursor.Read(sql));
        _ = tokens.SkipCreate("TABLE");
        _ = tokens.Skip("USING");
        var (module, arguments) = (SqliteNames.Fold(tokens.TakeName()), tokens.TakeParenthesised());
        return item with
        {
            Module = module,
            TextSource = FindTextSource(arguments),
            OwnTextColumns = module is "fts5" ? [.. ColumnsOf(arguments)] : [],
        };
    }

    // https://sqlite.org/fts5.html#fts5_table_creation_and_initialization: an option has an equals sign, a column does not.
    private static IEnumerable<string> ColumnsOf(List<SqliteToken> arguments)
    {
        var all = SqliteTokenCursor.SplitAtCommas(arguments).ToList();
        return all.Exists(a => IsOption(a) && a[0].Is("content")) ? [] : all.Where(a => a.Count > 0 && !IsOption(a)).Select(a => a[0].Name);

        static bool IsOption(List<SqliteToken> argument) => argument.Count > 1 && argument[1].Is('=');
    }

    private static string? FindTextSource(List<SqliteToken> arguments)
    {
        // A column may have that name too.
        var at = Enumerable
            .Range(0, Math.Max(0, arguments.Count - 2))
            .FirstOrDefault(i => arguments[i].Is("content") && arguments[i + 1].Is('='), -1);
        return at >= 0 && arguments[at + 2].Name is { Length: > 0 } name ? name : null;
    }

    // SQLite keeps a comment behind a view; what is put behind the text must not become part of it.
    private static string WithoutLastComment(string sql)
    {
        if (!sql.Contains("--", StringComparison.Ordinal) && !sql.EndsWith("*/", StringComparison.Ordinal))
            return sql;
        var end = 0;
        foreach (var token in SqliteLexer.Tokenize(sql))
        {
            if (!SqliteLexer.IsBlank(token.Kind))
                end = token.Start + token.Length;
        }

        return sql[..end];
    }
}
