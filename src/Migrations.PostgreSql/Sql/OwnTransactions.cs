namespace Migrations.PostgreSql;

/// <summary>
/// The transactions that a script brings itself and that run as they are, because it runs in none of the engine's: pairs of BEGIN and
/// COMMIT.
/// </summary>
internal sealed class OwnTransactions
{
    private readonly List<(int Line, string Message, string Remedy)> _problems = [];
    private int? _open;

    /// <summary>Takes the next statement.</summary>
    public void Read(SqlPiece piece, StatementRole role)
    {
        switch (role)
        {
            case StatementRole.Begin when _open is { } before:
                _problems.Add((piece.Line, $"BEGIN inside the transaction that begins in line {before}.", "Commit that one first."));
                break;
            case StatementRole.Begin:
                _open = piece.Line;
                break;
            case StatementRole.Commit when _open is null:
                _problems.Add((piece.Line, "COMMIT without BEGIN.", "Remove it, or begin the transaction."));
                break;
            case StatementRole.Commit or StatementRole.Rollback:
                _open = null;
                break;
            case StatementRole.OutsideOnly when _open is { } before:
                _problems.Add(
                    (piece.Line, $"The statement cannot run in the transaction that begins in line {before}.", "Move it behind COMMIT.")
                );
                break;
        }
    }

    /// <summary>What is wrong.</summary>
    public IEnumerable<(int Line, string Message, string Remedy)> Conclude()
    {
        if (_open is { } line)
            _problems.Add((line, "BEGIN without COMMIT.", "Add COMMIT, or remove BEGIN."));
        return _problems;
    }
}
