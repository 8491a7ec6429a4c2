using Migrations.History;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Turns SQLite's result codes into the engine's errors.</summary>
internal static class SqliteErrors
{
    private const int LongestStatementShown = 2000;

    /// <summary>An error outside any script.</summary>
    public static MigrationException Translate(SqliteFailure failure, DatabaseTarget target) =>
        failure.PrimaryCode switch
        {
            SqliteCodes.Busy or SqliteCodes.Locked => new MigrationException(
                ErrorId.TableLockTimedOut,
                $"The database '{target.Display}' is locked by another connection: {Words(failure)}",
                "Wait until the other program has ended its transaction, or close it, and run the command again.",
                failure
            ),
            SqliteCodes.CannotOpen => new MigrationException(
                ErrorId.ConnectionFailed,
                $"The database '{target.Display}' could not be opened: {Words(failure)}",
                "Check that you may read and write the file and its folder.",
                failure
            ),
            var code => new MigrationException(
                IdOf(code),
                $"The database '{target.Display}' {Describe(code)}: {Words(failure)}",
                NextStep(code),
                failure
            ),
        };

    /// <summary>An error outside any script, on a connection that may have lost its file.</summary>
    public static MigrationException Translate(SqliteFailure failure, DatabaseTarget target, SqliteHandle handle) =>
        handle.HasMoved ? Replaced(target, failure) : Translate(failure, target);

    /// <summary>An error of a connection that does not hold the migration lock: when a run holds it, that is what was waited for.</summary>
    public static MigrationException Waited(SqliteFailure failure, DatabaseTarget target) =>
        failure.IsBusy && !SqliteTarget.IsMemory(target) && SqliteLock.FindHolder(target) is { } holder
            ? new LockException(
                ErrorId.LockTimedOut,
                $"The database '{target.Display}' is kept locked by a run that holds its migration lock: {holder}. {Words(failure)}",
                $"Wait until that run has ended, or allow a longer wait with {CallOption.LockTimeout} (to only read: "
                    + $"{CallOption.TableLockTimeout}). If its process is stopped, continue it or end it.",
                holder
            )
            : Translate(failure, target);

    /// <summary>A statement of a script that SQLite refused.</summary>
    public static StatementException Statement(SqliteFailure failure, string text, int? offset, ScriptLocation location)
    {
        if (failure.Reach is { } reach)
            return BeyondCopy.Refused(Hide(reach.Describe(text), text), Shorten(Cover(text), offset: null).Text, location, inner: failure);
        var isSyntax = failure.PrimaryCode == SqliteCodes.Error;
        var (shown, shownOffset) = Shorten(Cover(text), offset);
        failure = Without(failure, text);
        return new StatementException(
            isSyntax ? ErrorId.StatementFailed : IdOf(failure.PrimaryCode),
            $"{location}: {Words(failure)}",
            NextStep(failure.PrimaryCode),
            failure
        )
        {
            Location = location,
            Statement = shown,
            StatementOffset = shownOffset,
            Code = failure.CodeText,
            Hint = SqliteHints.For(failure),
        };
    }

    /// <summary>The database file is another one, or none, since the run began: what it would write, no one would find.</summary>
    public static MigrationException Replaced(DatabaseTarget target, Exception? inner = null) =>
        new(
            ErrorId.DatabaseReplaced,
            $"The database file '{target.Display}' was deleted, renamed or replaced while this run worked on it. What was not "
                + "committed before is rolled back.",
            $"Find out which program does that (a deployment, a synchronisation, a restore by hand), and check what the file "
                + $"holds now: {Call.Status}",
            inner
        );

    /// <summary>A statement took longer than its limit.</summary>
    public static StatementException TimedOut(TimeSpan? limit, string text, ScriptLocation location) =>
        new(
            ErrorId.StatementTimedOut,
            $"{location}: The statement took longer than its limit of {limit?.TotalSeconds:0.###} s, was interrupted and rolled back.",
            "Give it more time ('-- Timeout: 10m' in the script's header), or make it quicker, and run the command again."
        )
        {
            Location = location,
            Statement = Shorten(Cover(text), offset: null).Text,
            Code = "SQLITE_INTERRUPT (9)",
        };

    /// <summary>The error's place in the script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="offset">How many bytes of it come before the place.</param>
    public static ScriptLocation Locate(MigrationScript script, long offset)
    {
        using var stream = script.OpenRead();
        var buffer = new byte[64 * 1024];
        var (line, column) = (script.FirstLine, 1);
        while (offset > 0)
        {
            var read = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, offset));
            if (read == 0)
                break;
            offset -= read;
            foreach (var value in buffer.AsSpan(0, read))
            {
                if (value == '\n')
                    (line, column) = (line + 1, 1);
                else if ((value & 0xC0) != 0x80)
                    column++;
            }
        }

        return script.At(line, column);
    }

    /// <summary>A statement without its secrets; places in it stay as they are.</summary>
    public static string Cover(string statement) => ScriptRedaction.Cover(SqliteDialect.Instance, statement);

    /// <summary>Words about a statement without its secrets.</summary>
    public static string Hide(string words, string statement) => ScriptRedaction.Hide(SqliteDialect.Instance, statement, words);

    // SQLite repeats a token of the statement: near "...": syntax error.
    private static SqliteFailure Without(SqliteFailure failure, string statement)
    {
        var words = Hide(failure.Message, statement);
        return string.Equals(words, failure.Message, StringComparison.Ordinal)
            ? failure
            : new SqliteFailure(failure.Code, words, failure.Offset) { Reach = failure.Reach };
    }

    private static (string Text, int? Offset) Shorten(string text, int? offset)
    {
        if (text.Length <= LongestStatementShown)
            return (text, offset);
        var start = Math.Clamp((offset ?? 0) - (LongestStatementShown / 2), 0, text.Length - LongestStatementShown);
        return (text.Substring(start, LongestStatementShown), offset - start);
    }

    private static ErrorId IdOf(int primaryCode) =>
        primaryCode switch
        {
            SqliteCodes.NotADatabase or SqliteCodes.Corrupt => ErrorId.DatabaseInvalid,
            SqliteCodes.ReadOnly => ErrorId.DatabaseReadOnly,
            SqliteCodes.Full or SqliteCodes.IoError or SqliteCodes.CannotOpen => ErrorId.DiskFailed,
            SqliteCodes.Permission or SqliteCodes.Auth => ErrorId.PermissionDenied,
            _ => ErrorId.StatementFailed,
        };

    private static string Describe(int primaryCode) =>
        IdOf(primaryCode) switch
        {
            ErrorId.DatabaseInvalid => primaryCode == SqliteCodes.NotADatabase ? "is not an SQLite database" : "is damaged",
            ErrorId.DatabaseReadOnly => "can only be read",
            ErrorId.DiskFailed => "could not be read or written",
            ErrorId.PermissionDenied => "does not allow this",
            _ => "refused",
        };

    private static Advice NextStep(int primaryCode) =>
        primaryCode switch
        {
            SqliteCodes.NotADatabase => "Check the path: the file holds something else, or is encrypted. Nothing in it was changed.",
            SqliteCodes.Corrupt => "Run 'sqlite3 <file> \"PRAGMA integrity_check\"', and restore a backup if it reports damage.",
            SqliteCodes.ReadOnly => "Make the file and its folder writable for you, then run the command again.",
            SqliteCodes.Full => "Free some disk space, then run the command again.",
            SqliteCodes.IoError or SqliteCodes.CannotOpen => "Check the disk and the folder's permissions, then run the command again.",
            SqliteCodes.Constraint => "Correct the rows or the statement, then run the command again.",
            _ => Advice.Of($"Fix the script and run the command again; '{Call.Status}' shows what is applied."),
        };

    private static string Words(SqliteFailure failure) => $"{failure.Message} [{failure.CodeText}]";
}
