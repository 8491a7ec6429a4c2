namespace Migrations.Schema;

/// <summary>Collects what a person should know of changes, while their statements are written.</summary>
public abstract class ChangeNotes
{
    private readonly List<ChangeLoss> _losses = [];
    private readonly List<string> _locks = [];
    private readonly List<string> _conditions = [];
    private readonly List<string> _undecided = [];
    private readonly List<string> _empty = [];
    private readonly List<string> _conditional = [];
    private readonly List<string> _converted = [];

    /// <summary>The script with the notes.</summary>
    /// <param name="statements">Its statements, in the order in which they run.</param>
    public ChangeScript Of(IReadOnlyList<string> statements) =>
        new()
        {
            Statements = statements,
            Losses = _losses,
            Locks = _locks,
            Conditions = _conditions,
            Undecided = _undecided,
            MustBeEmpty = _empty,
            Conditional = _conditional,
            Converted = _converted,
        };

    /// <summary>A person has to decide.</summary>
    public void Undecided(string text) => _undecided.Add(text);

    /// <summary>A table goes, or a column of one.</summary>
    protected void Lose(string table, string? column = null) => _losses.Add(new ChangeLoss(table, column));

    /// <summary>Others wait, or a table is rewritten; said once.</summary>
    protected void Block(string sentence) => AddOnce(_locks, sentence);

    /// <summary>A column of a table gets another type.</summary>
    protected void Convert(string table) => AddOnce(_converted, table);

    /// <summary>The rows of a table must be like this; said once.</summary>
    protected void Demand(string table, string condition)
    {
        AddOnce(_conditions, condition);
        _conditional.Add(table);
    }

    /// <summary>A table must hold no rows, because of a new column.</summary>
    protected void DemandEmpty(string table, string column)
    {
        _empty.Add(table);
        Demand(table, $"{table} holds no rows: its new column {column} is NOT NULL and has no default.");
    }

    private static void AddOnce(List<string> list, string sentence)
    {
        if (!list.Contains(sentence, StringComparer.Ordinal))
            list.Add(sentence);
    }
}
