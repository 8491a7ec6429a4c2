using System.Text;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Runs a dump, with its own transaction, statement by statement as it is read.</summary>
/// <param name="handle">The connection to an empty database.</param>
/// <param name="path">The dump.</param>
/// <param name="backup">Says what is wrong with it.</param>
/// <param name="progress">Receives how many bytes have run.</param>
internal sealed unsafe class SqliteScriptLoader(SqliteHandle handle, string path, SqliteBackupLoader backup, WorkProgress progress)
{
    // How 'wrangler d1 export' begins, which has no transaction, because D1 knows none.
    private const string Export = "PRAGMA defer_foreign_keys";

    private readonly MigrationScript _script = new()
    {
        File = path,
        Offset = 0,
        Length = new FileInfo(path).Length,
        Checksum = "",
        IsEmpty = false,
        Header = MigrationHeader.Empty,
    };

    private bool _hasBegun;
    private bool _isCommitted;

    /// <summary>Runs it.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupInvalid"/>: a statement is refused, or its end is not
    /// there.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        // What the dump holds was there, so it may be there again, whatever order it comes in.
        handle.Execute("PRAGMA foreign_keys=0");
        handle.Execute("PRAGMA ignore_check_constraints=1");
        using var window = new ScriptWindow(_script);
        var (isExport, isHead) = (false, true);
        while (window.SkipBlank())
        {
            isHead = isHead && Begins(window.Text, "PRAGMA ");
            isExport |= isHead && Begins(window.Text, Export);
            cancellationToken.ThrowIfCancellationRequested();
            RunNext(window);
            progress.Report(window.Offset, window.Length);
        }

        if (isExport && !_hasBegun)
            progress.Warn($"'{path}' has no transaction, so it cannot be known whether it is complete.");
        else if (handle.InTransaction || !_isCommitted)
            throw backup.Invalid("it ends before its COMMIT, so it is cut off");
    }

    private static bool Begins(ReadOnlySpan<byte> text, string words) =>
        Encoding.UTF8.GetString(text[..Math.Min(text.Length, words.Length)]).Equals(words, StringComparison.OrdinalIgnoreCase);

    private void RunNext(ScriptWindow window)
    {
        var statement = Prepare(window, out var length);
        try
        {
            var wasInTransaction = handle.InTransaction;
            int code;
            do code = handle.Api.Step(statement);
            while (code == SqliteCodes.Row);
            if (code != SqliteCodes.Done)
                throw Refused(window);
            _hasBegun |= handle.InTransaction;
            if (wasInTransaction && !handle.InTransaction)
                _isCommitted = window.Text[0] is (byte)'C' or (byte)'c' or (byte)'E' or (byte)'e';
        }
        finally
        {
            _ = handle.Api.FinalizeStatement(statement);
        }

        window.Advance(length);
    }

    private nint Prepare(ScriptWindow window, out int length)
    {
        if (ScriptCompiler.Compile(handle, window, out var statement, out length) != SqliteCodes.Ok)
            throw Refused(window);
        return statement != 0 ? statement : throw backup.Invalid("it has a NUL byte in it");
    }

    // Full disks and the like are no fault of the dump.
    private Exception Refused(ScriptWindow window)
    {
        var failure = handle.Failure();
        if (failure.Reach is { } reach)
        {
            var text = Encoding.UTF8.GetString(window.Text[..window.FindEndOfStatement()]);
            return BeyondCopy.Refused(
                SqliteErrors.Hide(reach.Describe(text), text),
                SqliteErrors.Cover(text),
                new ScriptLocation(path, window.Line, window.Column),
                inner: failure
            );
        }

        if (failure.PrimaryCode == SqliteCodes.Constraint)
            return backup.Invalid(
                $"{SqliteErrors.Locate(_script, window.Offset)}: {failure.Message} [{failure.CodeText}]. No script can insert "
                    + "such a row: correct it, or make a backup in the native format, which copies it as it is",
                failure
            );
        return failure.PrimaryCode is SqliteCodes.Error or SqliteCodes.Corrupt or SqliteCodes.TooBig or SqliteCodes.Mismatch
            ? backup.Invalid($"{SqliteErrors.Locate(_script, window.Offset)}: {failure.Message} [{failure.CodeText}]", failure)
            : failure;
    }
}
