using Migrations.Sqlite.Native;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>What a file holds beside its tables: views, triggers, virtual tables.</summary>
/// <param name="handle">A connection with a read transaction.</param>
/// <param name="items">All that the file holds.</param>
/// <param name="isHistory">Whether an item is the history of migrations.</param>
/// <param name="leftOut">Takes what is not copied.</param>
internal sealed class SourceExtras(
    SqliteHandle handle,
    List<SqliteSchemaItem> items,
    Func<SqliteSchemaItem, bool> isHistory,
    List<LeftOutObject> leftOut
)
{
    /// <summary>Lists what is not copied, and collects the full-text indexes.</summary>
    public List<CopyFullText> LeaveOut(List<SourceTable> tables)
    {
        var fullTexts = new List<CopyFullText>();
        foreach (var item in items)
            LeaveOut(item, tables, fullTexts);
        return fullTexts;
    }

    /// <summary>The views that translate, those first that others read.</summary>
    /// <param name="tables">The tables that are copied.</param>
    public List<CopyView> Views(List<CopyTable> tables)
    {
        var relations = tables.ToDictionary(t => t.Name, t => (t.Name, Columns: Names(t.Name)), SqliteNames.Comparer);
        var views = new List<CopyView>();
        foreach (var item in items.Where(i => i is { Type: "view", Sql: not null }))
        {
            try
            {
                var names = Names(item.Name);
                var query = SqliteQueryParser.Parse(item.Sql!, names, name => relations.TryGetValue(name, out var found) ? found : null);
                views.Add(new CopyView(item.Name, query, item.Sql!));
                relations.Add(item.Name, (item.Name, names));
            }
            catch (Exception e) when (e is UntranslatableException or SqliteFailure)
            {
                // A view may be broken: SQLite finds that out when it is used.
                leftOut.Add(new LeftOutObject("view", item.Name, Table: null, $"It is not translated: {e.Message}.", item.Sql));
            }
        }

        return views;
    }

    private List<string> Names(string relation)
    {
        var names = new List<string>();
        using var rows = handle.Prepare($"PRAGMA main.table_xinfo({SqliteNames.Quote(relation)})");
        while (rows.Step())
            names.Add(rows.Text(1)!);
        return names;
    }

    private void LeaveOut(SqliteSchemaItem item, List<SourceTable> tables, List<CopyFullText> fullTexts)
    {
        if (item.IsInternal || item.Type is "index")
            return;
        var owner = tables.Exists(t => item.BelongsTo(t.Item.Name)) ? item.Table : null;
        if (item.Module is { } module)
            LeaveOutModule(item, module, fullTexts);
        else if (item.Type is "trigger")
            leftOut.Add(new LeftOutObject("trigger", item.Name, owner, "Triggers are not translated.", item.Sql));
        else if (isHistory(item))
            leftOut.Add(
                new LeftOutObject("history", item.Name, Table: null, "The target keeps its own history of migrations.", Text: null)
            );
    }

    private void LeaveOutModule(SqliteSchemaItem item, string module, List<CopyFullText> fullTexts)
    {
        if (!module.StartsWith("fts", StringComparison.Ordinal))
        {
            leftOut.Add(new LeftOutObject("virtual table", item.Name, Table: null, $"No other engine has the module {module}.", item.Sql));
            return;
        }

        var tokens = new SqliteTokenCursor(SqliteTokenCursor.Read(item.Sql!));
        _ = tokens.SkipCreate("TABLE");
        _ = tokens.Skip("USING");
        _ = tokens.TakeName();
        var arguments = SqliteTokenCursor.SplitAtCommas(tokens.TakeParenthesised()).Where(a => a.Count > 0);
        var columns = arguments.Where(a => a.Count == 1 || !a[1].Is('=')).Where(a => !a.Exists(t => t.Is("UNINDEXED")));
        fullTexts.Add(new CopyFullText(item.Name, item.TextSource, [.. columns.Select(a => a[0].Name)], item.Sql!));
    }
}
