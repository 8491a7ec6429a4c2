using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>
/// Reads a script before it runs: whether it needs a transaction, whether foreign keys must be suspended, and what in it is refused.
/// </summary>
internal sealed class SqliteAnalyzer
{
    private readonly MigrationScript _script;
    private readonly List<FileProblem> _problems = [];

    // Statements that cannot run in a transaction and stand neither before everything else nor after it.
    private readonly List<(ScriptLocation Place, StatementHead Head)> _misplaced = [];
    private readonly List<(ScriptLocation Place, StatementHead Head)> _trailing = [];

    // What is wrong with the script's own transaction when the script runs in ours, and with its own transactions when it runs in none of
    // ours.
    private readonly List<FileProblem> _control = [];
    private readonly OwnTransactions _own = new();

    private int _count;
    private int _inside;
    private bool _allNeedAutocommit = true;
    private bool _removesTables;
    private bool _mayLose;
    private bool _mayOverwrite;
    private bool _asksForSuspension;
    private bool _dropsOthers;
    private string? _modes;
    private ScriptLocation? _begin;
    private ScriptLocation? _commit;

    private SqliteAnalyzer(MigrationScript script) => _script = script;

    /// <summary>Reads a script.</summary>
    public static ScriptAnalysis Analyze(MigrationScript script) => new SqliteAnalyzer(script).Run();

    private ScriptAnalysis Run()
    {
        using var reader = new SqliteStatementReader(_script);
        while (reader.Read())
            Check(reader.Location, StatementHead.Read(reader.Text));
        CheckEnd(reader);
        var outside = DecideOutside();
        var suspends = _script.Header.ForeignKeys is { } enforced ? !enforced : _removesTables || _asksForSuspension;
        return new ScriptAnalysis
        {
            OutsideTransaction = outside,
            SuspendsForeignKeys = suspends,
            IsGuarded = suspends || _dropsOthers || _script.Header.ForeignKeys == true,
            TransactionModes = _modes,
            MayLose = _mayLose,
            MayOverwrite = _mayOverwrite,
            Problems = _problems,
        };
    }

    private void CheckEnd(SqliteStatementReader reader)
    {
        if (reader.Unterminated is { } place)
            _problems.Add(
                new FileProblem(
                    ErrorId.ScriptUnterminated,
                    place,
                    "A literal, quoted name, comment or trigger body begins here and does not end.",
                    "Close it."
                )
            );
        if (reader.Hiding is { } hiding)
            _problems.Add(
                new FileProblem(
                    ErrorId.ScriptUnterminated,
                    hiding,
                    "Lines end with CR alone here, which to SQLite end no line: everything behind this comment would be part of it.",
                    "Save the file with LF or CRLF line ends."
                )
            );
    }

    private void Check(ScriptLocation place, StatementHead head)
    {
        _count++;
        _allNeedAutocommit &= head.NeedsAutocommit;
        _removesTables |= head.RemovesTable;
        _mayLose |= head.MayLose;
        _dropsOthers |= head is { Kind: StatementKind.Drop, What: "INDEX" or "VIEW" };
        _own.Check(place, head);
        _mayOverwrite |= head.MayOverwrite;
        _asksForSuspension |= head.Kind == StatementKind.Pragma && SqlitePragmas.SuspendsForeignKeys(head);
        CheckKind(place, head);
    }

    private void CheckKind(ScriptLocation place, StatementHead head)
    {
        switch (head.Kind)
        {
            case StatementKind.Begin:
                CheckBegin(place, head);
                break;
            case StatementKind.Commit:
                CheckCommit(place);
                break;
            case StatementKind.Rollback:
                Refuse(place, "ROLLBACK would undo the whole migration.", "Remove it; a script that fails is rolled back anyway.");
                break;
            case StatementKind.Savepoint:
                CheckInside(place, head);
                break;
            case StatementKind.ShellCommand:
                _problems.Add(
                    new FileProblem(
                        ErrorId.ShellCommandInvalid,
                        place,
                        "This is a command of the sqlite3 shell, not SQL.",
                        "Remove the line; what '.read' would include belongs into the script itself."
                    )
                );
                break;
            default:
                if (head.NeedsAutocommit)
                    CheckOutside(place, head);
                else
                    CheckInside(place, head);
                break;
        }
    }

    private void CheckBegin(ScriptLocation place, StatementHead head)
    {
        if (_begin is not null)
        {
            Refuse(
                place,
                "A second transaction begins here: the script could not be kept atomic with the history.",
                "Use one BEGIN ... COMMIT pair, or split the file; or write '-- Transaction: none' into the header to run each "
                    + "pair by itself."
            );
        }
        else if (_inside > 0)
            Refuse(
                place,
                "Statements stand before BEGIN.",
                "Move BEGIN to the top, or remove BEGIN and COMMIT: the script runs in a transaction anyway."
            );
        _begin ??= place;
        _modes ??= head.What;
    }

    private void CheckCommit(ScriptLocation place)
    {
        if (_begin is null)
            Refuse(
                place,
                "COMMIT without BEGIN.",
                "Remove it: the script runs in a transaction, which is committed together with the history."
            );
        else if (_commit is not null)
            Refuse(place, "A second COMMIT.", "Use one BEGIN ... COMMIT pair, or none.");
        _commit ??= place;
    }

    private void CheckInside(ScriptLocation place, StatementHead head)
    {
        _misplaced.AddRange(_trailing);
        _trailing.Clear();
        var mayStandOutside = head.Kind is StatementKind.Pragma or StatementKind.Analyze;
        if (_commit is not null && !mayStandOutside)
            Refuse(
                place,
                "Statements stand after COMMIT.",
                "Move COMMIT to the end, or remove BEGIN and COMMIT: the script runs in a transaction anyway."
            );
        if (!mayStandOutside)
            _inside++;
    }

    private void CheckOutside(ScriptLocation place, StatementHead head)
    {
        var isLeading = _inside == 0 && _begin is null && head.Kind is StatementKind.Pragma or StatementKind.Attach;
        if (isLeading)
            return;
        if (head.Kind == StatementKind.Vacuum || (_begin is not null && _commit is null))
            _misplaced.Add((place, head));
        else
            _trailing.Add((place, head));
    }

    private bool DecideOutside()
    {
        if (_begin is not null && _commit is null)
            Refuse(_begin, "BEGIN without COMMIT.", "Remove BEGIN, or add COMMIT at the end.");
        var isWrapped = _begin is not null && _control.Count == 0 && _misplaced.Count == 0;
        if (_script.Header.Transaction == false && !isWrapped)
        {
            _problems.AddRange(_own.Conclude());
            return true;
        }

        _problems.AddRange(_control);
        if (_allNeedAutocommit && _count == 1 && _script.Header.Transaction != true)
            return true;
        foreach (var (place, head) in _misplaced)
        {
            _problems.Add(
                new FileProblem(
                    ErrorId.ScriptMixed,
                    place,
                    $"{Describe(head)} cannot run in a transaction, and stands among statements that need one.",
                    "Move it into a migration of its own, or write '-- Transaction: none' into the header to run the whole file "
                        + "without a transaction."
                )
            );
        }

        return false;
    }

    private void Refuse(ScriptLocation place, string message, Advice remedy) =>
        _control.Add(new FileProblem(ErrorId.TransactionControlInvalid, place, message, remedy));

    private static string Describe(StatementHead head) =>
        head.Kind == StatementKind.Pragma ? "PRAGMA " + head.Name : head.Kind.ToString().ToUpperInvariant();
}
