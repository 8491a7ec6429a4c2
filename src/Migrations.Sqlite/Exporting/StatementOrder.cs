using Migrations.Databases;
using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>
/// The statements of a script as a run takes them: what cannot run in a transaction before and after it, the script's own transaction and
/// what switches foreign keys taken off, and what it sets on the connection taken back.
/// </summary>
internal sealed class StatementOrder
{
    // As the shell and the tool have them (https://sqlite.org/pragma.html).
    private static readonly Dictionary<string, string> Usual = new(StringComparer.Ordinal)
    {
        ["analysis_limit"] = "0",
        ["automatic_index"] = "1",
        ["case_sensitive_like"] = "0",
        ["cell_size_check"] = "0",
        ["checkpoint_fullfsync"] = "0",
        ["fullfsync"] = "0",
        ["ignore_check_constraints"] = "0",
        ["legacy_alter_table"] = "0",
        ["query_only"] = "0",
        ["read_uncommitted"] = "0",
        ["recursive_triggers"] = "0",
        ["reverse_unordered_selects"] = "0",
        ["synchronous"] = "FULL",
        ["trusted_schema"] = "1",
        ["writable_schema"] = "RESET",
    };

    private readonly HashSet<string> _set = new(StringComparer.Ordinal);

    public StatementOrder(StepExecution step)
    {
        Step = step;
        var isLeading = true;
        foreach (var statement in SqliteDialect.Instance.Split(step.Script))
            Take(statement, ref isLeading);
        if (_set.Contains("writable_schema") || _set.Contains("query_only"))
            // The row of the history can be written.
            Inside.AddRange(Restore("writable_schema").Concat(Restore("query_only")));
    }

    /// <summary>The script.</summary>
    public StepExecution Step { get; }

    /// <summary>Before the transaction.</summary>
    public List<string> Leading { get; } = [];

    /// <summary>In it.</summary>
    public List<string> Inside { get; } = [];

    /// <summary>After it.</summary>
    public List<string> Trailing { get; } = [];

    /// <summary>What takes back, after all, what the script has set on the connection.</summary>
    public IEnumerable<string> Restoring => _set.Order(StringComparer.Ordinal).SelectMany(Restore);

    private void Take(ScriptStatement statement, ref bool isLeading)
    {
        var head = StatementHead.Read(statement.Text);
        isLeading &= head.Kind is StatementKind.Pragma or StatementKind.Attach;
        if (SqlitePragmas.SetsConnection(head) && head.Name is { } name)
            _set.Add(name);
        if (
            head.Kind is StatementKind.Begin or StatementKind.Commit
            || SqlitePragmas.SetsForeignKeys(head)
            || SqlitePragmas.TakesJournal(head)
        )
            return;
        var list =
            !head.NeedsAutocommit ? Inside
            : isLeading && Inside.Count == 0 ? Leading
            : Trailing;
        list.Add(statement.Text);
    }

    private static IEnumerable<string> Restore(string pragma) =>
        Usual.TryGetValue(pragma, out var value) ? [$"PRAGMA {pragma} = {value}"] : [];
}
