using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>Reads a script once, before anything runs, and finds what it needs and what cannot be run.</summary>
internal sealed class PostgreSqlAnalyzer
{
    private const int MostProblems = 20;

    // What shows a statement's role stands at its beginning.
    private const int LongestText = 32 * 1024;

    private readonly MigrationScript _script;
    private readonly List<FileProblem> _problems = [];
    private readonly List<string> _modes = [];
    private readonly List<SqlPiece> _outsideOnly = [];

    // What is wrong with the script's own transaction when the script runs in ours, and with its own transactions when it runs in none of
    // ours.
    private readonly List<(int Line, string Message, string Remedy)> _control = [];
    private readonly OwnTransactions _own = new();
    private int _statements;
    private bool _mayLose;
    private bool _isMisread;
    private bool _mayOverwrite;
    private SqlPiece? _firstOrdinary;
    private SqlPiece? _begin;
    private SqlPiece? _commit;

    private PostgreSqlAnalyzer(MigrationScript script) => _script = script;

    // Statements that all cannot run in a transaction leave nothing to be atomic with, and need no directive.
    private bool IsOutside =>
        _script.Header.Transaction is { } wanted
            ? !wanted && !IsWrapped
            : _statements > 0 && _statements == _outsideOnly.Count && _begin is null;

    // One transaction of the script's own around all of it is ours as well, together with the history row.
    private bool IsWrapped => _begin is not null && _commit is not null && _control.Count == 0 && _outsideOnly.Count == 0;

    /// <summary>Reads a script.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ScriptAnalysis Analyze(MigrationScript script)
    {
        var analyzer = new PostgreSqlAnalyzer(script);
        foreach (var piece in PostgreSqlStatementReader.Read(script, LongestText))
            analyzer.Piece(piece);
        return analyzer.Conclude();
    }

    private ScriptAnalysis Conclude()
    {
        var isOutside = IsOutside;
        if (_begin is not null && _commit is null)
            _control.Add(
                (
                    _begin.Line,
                    "The script opens a transaction and does not commit it.",
                    "Add COMMIT; at its end, or take BEGIN out: a migration runs in a transaction anyway."
                )
            );
        foreach (var (line, message, remedy) in isOutside ? _own.Conclude() : _control)
            Refuse(ErrorId.TransactionControlInvalid, line, message, remedy);
        if (!isOutside && _script.Header.Transaction is null)
        {
            foreach (var piece in _outsideOnly)
                RefuseMixed(piece);
        }

        return new ScriptAnalysis
        {
            OutsideTransaction = isOutside,
            TransactionModes = _modes.Count == 0 ? null : string.Join(", ", _modes),
            MayLose = _mayLose,
            MayOverwrite = _mayOverwrite,
            Problems = [.. _problems.OrderBy(p => p.Location.Line)],
        };
    }

    private void Piece(SqlPiece piece)
    {
        if (piece.MisreadLine is { } misread)
        {
            Refuse(
                ErrorId.ScriptUnterminated,
                misread,
                "With standard_conforming_strings off, the literal that begins here does not end at \\'. Scripts are read with "
                    + "that setting on.",
                "Write E'it\\'s' or 'it''s', or take SET standard_conforming_strings = off out."
            );
            _isMisread = true;
        }

        if (piece.UnterminatedLine is { } line)
            Refuse(
                ErrorId.ScriptUnterminated,
                line,
                $"The {piece.Unterminated} that begins here does not end.",
                piece.Text.Contains("\\'", StringComparison.Ordinal)
                    ? "Close it. A backslash escapes no quote in it, because scripts are read with standard_conforming_strings on: "
                        + "write E'it\\'s' or 'it''s'."
                    : "Close it."
            );
        if (piece.Kind == SqlPieceKind.Shell)
            Shell(piece);
        else if (piece.Kind == SqlPieceKind.Statement)
            Statement(piece);
    }

    private void Statement(SqlPiece piece)
    {
        if (piece.ParameterLine is { } line && !StatementClassifier.MayHaveParameters(piece.Text))
            Refuse(
                ErrorId.ParameterUnbound,
                line,
                "The statement has a parameter ($1), and nothing gives it a value.",
                "Write the value in its place, or quote it when it is meant as text."
            );
        if (piece.Text.Contains('\0', StringComparison.Ordinal))
            Refuse(
                ErrorId.EncodingInvalid,
                piece.Line,
                "The statement has a NUL character in it, which PostgreSQL cannot store.",
                "Save the file as UTF-8 text without NUL characters."
            );
        if (new StatementWords(piece.Text).StartWith("DISCARD ALL"))
            Refuse(
                ErrorId.TransactionControlInvalid,
                piece.Line,
                "DISCARD ALL gives back the migration lock.",
                "Remove it: what a script has set on the connection is reset after it anyway."
            );
        var role = StatementClassifier.Classify(piece.Text);
        _own.Read(piece, role);
        var first = new StatementWords(piece.Text)[0];
        _mayLose = _mayLose || LossReader.MayLose(first);
        _mayOverwrite = _mayOverwrite || LossReader.MayOverwrite(first, piece.Text);
        if (role is not (StatementRole.Begin or StatementRole.Commit))
            _statements++;
        switch (role)
        {
            case StatementRole.Begin:
                Begin(piece);
                break;
            case StatementRole.Commit:
                Commit(piece);
                break;
            case StatementRole.SetTransaction:
                SetTransaction(piece);
                break;
            case StatementRole.Chain or StatementRole.Rollback or StatementRole.PrepareTransaction:
                RefuseControl(piece, role);
                break;
            case StatementRole.CopyToClient:
                Refuse(
                    ErrorId.ShellCommandInvalid,
                    piece.Line,
                    "COPY TO STDOUT sends data to a client, and a migration has none.",
                    "Take it out of the migration."
                );
                break;
            case StatementRole.Setting:
                break;
            case StatementRole.OutsideOnly:
                _outsideOnly.Add(piece);
                _firstOrdinary ??= piece;
                break;
            default:
                Ordinary(piece, role);
                break;
        }
    }

    private void Begin(SqlPiece piece)
    {
        if (_begin is not null)
        {
            _control.Add(
                (
                    piece.Line,
                    "The script opens a second transaction.",
                    "Put each transaction into a migration of its own, or take BEGIN and COMMIT out; or write '-- transaction: "
                        + "none' into the first comment to run each pair by itself."
                )
            );
        }
        else if (_firstOrdinary is not null)
            _control.Add(
                (
                    _firstOrdinary.Line,
                    "The statement stands before the script's own BEGIN.",
                    "Move it behind BEGIN: script and history are committed together."
                )
            );

        _begin ??= piece;
        Modes(piece);
    }

    private void Commit(SqlPiece piece)
    {
        if (_commit is not null || _begin is null)
            _control.Add(
                (
                    piece.Line,
                    "The script commits a transaction that it has not opened.",
                    "Take COMMIT out: a migration runs in a transaction, which is committed with its history row."
                )
            );
        _commit ??= piece;
    }

    private void SetTransaction(SqlPiece piece)
    {
        // Before the first statement its modes go to our BEGIN; later the server refuses them anyway.
        if (_firstOrdinary is null)
            Modes(piece);
    }

    private void Modes(SqlPiece piece)
    {
        var modes = StatementClassifier.ModesOf(piece.Text);
        if (modes.Length == 0)
            return;
        var first = modes.Split(' ')[0];
        if (first is not ("ISOLATION" or "READ" or "NOT" or "DEFERRABLE"))
            Refuse(
                ErrorId.TransactionControlInvalid,
                piece.Line,
                $"PostgreSQL has no transaction mode {first}.",
                "Write BEGIN; alone, or take BEGIN and COMMIT out."
            );
        else if (modes.Contains("READ ONLY", StringComparison.Ordinal))
            Refuse(
                ErrorId.TransactionControlInvalid,
                piece.Line,
                "In a read-only transaction the history row could not be written.",
                "Take READ ONLY out."
            );
        else
            _modes.Add(modes);
    }

    private void Ordinary(SqlPiece piece, StatementRole role)
    {
        _firstOrdinary ??= piece;
        if (_commit is not null && role != StatementRole.Analyze)
            _control.Add(
                (
                    piece.Line,
                    "The statement stands behind the script's own COMMIT.",
                    "Move it before COMMIT, or into a migration of its own: script and history are committed together."
                )
            );
    }

    private void RefuseControl(SqlPiece piece, StatementRole role)
    {
        var (message, remedy) = role switch
        {
            StatementRole.Chain => ("AND CHAIN opens a second transaction.", "Put each transaction into a migration of its own."),
            StatementRole.Rollback => (
                "ROLLBACK would undo the script and leave nothing to record.",
                "Take it out; to undo a part, use SAVEPOINT and ROLLBACK TO."
            ),
            _ => (
                "PREPARE TRANSACTION takes the transaction away from the history row.",
                "Take it out: the transaction is committed with its history row."
            ),
        };
        Refuse(ErrorId.TransactionControlInvalid, piece.Line, message, remedy);
    }

    private void RefuseMixed(SqlPiece piece)
    {
        var words = new StatementWords(piece.Text);
        var name = string.Join(' ', Enumerable.Range(0, 4).Select(i => words[i]).Where(w => w.Length > 0 && char.IsAsciiLetter(w[0])));
        Refuse(
            ErrorId.ScriptMixed,
            piece.Line,
            $"The statement ({name} ...) cannot run in a transaction, and the rest of the script runs in one.",
            "Move it into a migration of its own, or let the whole script run without a transaction: '-- transaction: none' "
                + "in its first comment."
        );
    }

    private void Shell(SqlPiece piece)
    {
        var command = piece.Text.Trim().Split(' ', '\t')[0];
        if (command is "\\restrict" or "\\unrestrict")
            return;
        var remedy = command switch
        {
            "\\i" or "\\ir" or "\\include" or "\\include_relative" => "Put the statements of that file in its place.",
            "\\copy" => "Use COPY ... FROM STDIN with the data in the script, ended by a line \\.",
            "\\c" or "\\connect" => "Take it out: a migration runs in the database that it was given.",
            "\\g" or "\\gx" or "\\gexec" or "\\gset" =>
                "End the statement with a semicolon; to run generated statements, use a DO block with EXECUTE.",
            "\\set" or "\\if" or "\\else" or "\\elif" or "\\endif" => "Write the value or the condition as SQL, for example in a DO block.",
            _ => "Take it out.",
        };
        var message = command.StartsWith('\\')
            ? $"{command} is a command of psql, not SQL."
            : "Text follows COPY ... FROM STDIN; on its line, where data should begin on the next.";
        Refuse(
            ErrorId.ShellCommandInvalid,
            piece.Line,
            message,
            command.StartsWith('\\') ? remedy : "Put it on a line of its own behind the data."
        );
    }

    private void Refuse(ErrorId id, int line, string message, Advice remedy)
    {
        // Behind a literal that ends elsewhere for the server, nothing is what it seems.
        if (!_isMisread && _problems.Count < MostProblems)
            _problems.Add(new FileProblem(id, new ScriptLocation(_script.File, line), message, remedy));
    }
}
