namespace Migrations.Sqlite;

/// <summary>
/// The transactions that a script brings itself and that run as they are, because it runs in none of the engine's: pairs of BEGIN and
/// COMMIT.
/// </summary>
internal sealed class OwnTransactions
{
    private readonly List<FileProblem> _problems = [];
    private ScriptLocation? _open;

    /// <summary>Takes the next statement.</summary>
    public void Check(ScriptLocation place, StatementHead head)
    {
        switch (head.Kind)
        {
            case StatementKind.Begin when _open is { } before:
                Refuse(place, $"BEGIN inside the transaction that begins in line {before.Line}.", "Commit that one first.");
                break;
            case StatementKind.Begin:
                _open = place;
                break;
            case StatementKind.Commit when _open is null:
                Refuse(place, "COMMIT without BEGIN.", "Remove it, or begin the transaction.");
                break;
            case StatementKind.Commit:
                _open = null;
                break;
            case StatementKind.Rollback:
                Refuse(place, "ROLLBACK would roll back what the history then says has run.", "Remove it, and what it rolls back.");
                _open = null;
                break;
            case StatementKind.Savepoint when _open is null:
                Refuse(
                    place,
                    "A savepoint outside a transaction begins one, and the script runs without.",
                    "Put it between BEGIN and COMMIT, or remove '-- Transaction: none'."
                );
                break;
            case StatementKind.Vacuum when _open is { } before:
                Refuse(place, $"VACUUM cannot run in the transaction that begins in line {before.Line}.", "Move it behind COMMIT.");
                break;
        }
    }

    /// <summary>What is wrong.</summary>
    public IEnumerable<FileProblem> Conclude()
    {
        if (_open is { } place)
            Refuse(place, "BEGIN without COMMIT.", "Add COMMIT, or remove BEGIN.");
        return _problems;
    }

    private void Refuse(ScriptLocation place, string message, Advice remedy) =>
        _problems.Add(new FileProblem(ErrorId.TransactionControlInvalid, place, message, remedy));
}
