using System.Text;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Runs a dump, with its own transaction, statement by statement as it is read.</summary>
/// <param name="handle">The connection to an empty database.</param>
/// <param name="path">The dump.</param>
/// <param name="backup">Says what is wrong with it.</param>
/// <param name="progress">Receives how many bytes have run.</param>
/// <param name="isLenient">Whether what SQLite refuses is left out.</param>
internal sealed unsafe class SqliteScriptLoader(
    SqliteHandle handle,
    string path,
    SqliteBackupLoader backup,
    WorkProgress progress,
    bool isLenient
)
{
    private const int MostNamed = 8;

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
    private readonly Dictionary<string, long> _leftOut = new(StringComparer.Ordinal);

    /// <summary>What was left out, by name.</summary>
    public IReadOnlyList<string> LeftOut => [.. _leftOut.Select(l => l.Value == 1 ? l.Key : $"{l.Key} ({l.Value} times)")];

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
        if (statement == 0)
        {
            window.Advance(length);
            return;
        }

        try
        {
            var wasInTransaction = handle.InTransaction;
            int code;
            do code = handle.Api.Step(statement);
            while (code == SqliteCodes.Row);
            if (code != SqliteCodes.Done)
                LeaveOut(window);
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
        {
            LeaveOut(window);
            length = window.FindEndWithBody();
            return 0;
        }

        return statement != 0 ? statement : throw backup.Invalid("it has a NUL byte in it");
    }

    /// <summary>Leaves a statement out that SQLite has refused, or ends with that.</summary>
    private void LeaveOut(ScriptWindow window)
    {
        // What began in a transaction goes on in it, unless the failure was one of the disk or the memory.
        var refused = Refused(window);
        if (!isLenient || refused is not MigrationException { Id: ErrorId.BackupInvalid } || (_hasBegun && !handle.InTransaction))
            throw refused;
        var text = Encoding.UTF8.GetString(window.Text[..window.FindEndWithBody()]);
        var name = $"{NameOf(text)} ({SqliteErrors.Hide(handle.Failure().Message, text)})";
        _leftOut[name] = _leftOut.GetValueOrDefault(name) + 1;
    }

    /// <summary>The beginning of a statement, which says what it makes or fills, without values.</summary>
    private static string NameOf(string text)
    {
        var words = SqliteTokenCursor
            .Read(text)
            .TakeWhile(t => !t.Is('(') && !t.Is(';') && !t.Is("AS") && !t.Is("VALUES") && !t.Is("SELECT") && !t.Is("BEGIN"))
            .Take(MostNamed)
            .Select(t => t.Text)
            .ToList();
        return string.Join(' ', words is ["CREATE" or "create", .. var made] ? made : words).Replace(" . ", ".", StringComparison.Ordinal);
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
            return Refused(
                $"{SqliteErrors.Locate(_script, window.Offset)}: {failure.Message} [{failure.CodeText}]. No script can insert "
                    + "such a row: correct it, or make a backup in the native format, which copies it as it is",
                failure
            );
        return failure.PrimaryCode is SqliteCodes.Error or SqliteCodes.Corrupt or SqliteCodes.TooBig or SqliteCodes.Mismatch
            ? Refused($"{SqliteErrors.Locate(_script, window.Offset)}: {failure.Message} [{failure.CodeText}]", failure)
            : failure;
    }

    private MigrationException Refused(string reason, SqliteFailure failure)
    {
        var refused = backup.Invalid(reason, failure);
        refused.NextStep +=
            " To restore a backup without what the database cannot make, which is then listed: migrations restore <backup> --accept-faults";
        return refused;
    }
}
