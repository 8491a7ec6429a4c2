using System.Diagnostics;
using System.Text;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Sql;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Steps through one script with SQLite's own parser: what SQLite accepts runs. The script's own BEGIN and COMMIT are passed over, and what
/// cannot run in a transaction is run before the transaction begins, or kept for after the commit.
/// </summary>
internal sealed unsafe class ScriptRunner(SqliteHandle handle, ConnectionState state, StepExecution step, IEventSink events)
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(250);

    private readonly MigrationScript _script = step.Script;
    private long _reported;
    private bool _isLeading = true;

    /// <summary>How many statements ran.</summary>
    public int Statements { get; private set; }

    /// <summary>Takes the statements that must run after the commit.</summary>
    public required List<ScriptStatement> AfterCommit { get; init; }

    /// <summary>Takes the statements that are not run because they reach beyond the copy; null: such a statement ends the script.</summary>
    public List<StatementException>? LeftOut { get; init; }

    /// <summary>
    /// Whether what stands at its beginning and cannot run in a transaction has run already, before the transaction of the whole run.
    /// </summary>
    public bool LeadingHaveRun { get; init; }

    /// <summary>Called before the first statement that needs the transaction.</summary>
    public required Action EnsureBegun { get; init; }

    /// <summary>
    /// Whether it is rolled back afterwards: what cannot run in a transaction is left out, but for databases that are attached at the
    /// beginning.
    /// </summary>
    public bool IsTrial { get; set; }

    /// <summary>Runs the script.</summary>
    /// <exception cref="StatementException">SQLite refused a statement.</exception>
    /// <exception cref="SqliteFailure">Another connection stands in the way.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        using var window = new ScriptWindow(_script);
        _reported = Stopwatch.GetTimestamp();
        while (window.SkipBlank())
        {
            cancellationToken.ThrowIfCancellationRequested();
            RunNext(window, cancellationToken);
            Report(window);
        }

        EnsureBegun();
    }

    private void RunNext(ScriptWindow window, CancellationToken cancellationToken)
    {
        if (!MayRun(window))
            return;
        nint statement = 0;
        var length = 0;
        try
        {
            statement = Prepare(window, out length);
            Step(window, statement, length, cancellationToken);
        }
        catch (StatementException e) when (e.Id == ErrorId.ReachesBeyondCopy && LeftOut is not null)
        {
            LeftOut.Add(e);
            length = Math.Max(length, window.FindEndOfStatement());
        }
        finally
        {
            _ = handle.Api.FinalizeStatement(statement);
        }

        window.Advance(length);
    }

    /// <summary>
    /// Whether the window cuts a statement: SQLite stops behind the last token that it took, or before one that it cannot read, such as a
    /// literal without its end.
    /// </summary>
    private static bool IsCut(ReadOnlySpan<byte> text, int length, int code) =>
        length >= text.Length || (code != SqliteCodes.Ok && length + SqliteLexer.Scan(text[length..], out _, out _) >= text.Length);

    // Decided before the statement is compiled, because many pragmas take effect then. Passes a statement that is not run now.
    private bool MayRun(ScriptWindow window)
    {
        if (!IsSpecial(window.Text))
        {
            _isLeading = false;
            EnsureBegun();
            return true;
        }

        // What ends at the first semicolon: none of these has a body, but CREATE TRIGGER, of which the head is enough.
        var length = window.FindEndOfStatement();
        var text = TextOf(window, length);
        var head = StatementHead.Read(text);
        _isLeading &= head.Kind is StatementKind.Pragma or StatementKind.Attach;
        if (IsOurs(head) || (_script.IsSchema && MakesInternalTable(head)) || (head.NeedsAutocommit && HasRun(head)))
        {
            window.Advance(length);
            return false;
        }

        state.Remember(head);
        // On a copy an ATTACH is not put off: whether it is refused is known before what needs it runs.
        if (head.NeedsAutocommit && handle.InTransaction && !(handle.IsConfined && head.Kind == StatementKind.Attach))
        {
            AfterCommit.Add(new ScriptStatement(Statements, text, new ScriptLocation(_script.File, window.Line, window.Column)));
            window.Advance(length);
            return false;
        }

        if (!head.NeedsAutocommit)
            EnsureBegun();
        return true;
    }

    // Transactions and the enforcement of foreign keys are the engine's.
    private static bool IsOurs(StatementHead head) =>
        head.Kind is StatementKind.Begin or StatementKind.Commit || SqlitePragmas.SetsForeignKeys(head);

    private bool HasRun(StatementHead head) =>
        (LeadingHaveRun && _isLeading) || (IsTrial && head.Kind is StatementKind.Vacuum or StatementKind.Pragma);

    // The shell's '.schema' prints the tables that SQLite makes itself, for AUTOINCREMENT and ANALYZE, and refuses to be given
    // (https://sqlite.org/fileformat2.html#intschema).
    private static bool MakesInternalTable(StatementHead head) =>
        head is { Kind: StatementKind.Create, What: "TABLE", Name: { } name } && SqliteNames.IsInternal(name);

    private nint Prepare(ScriptWindow window, out int length)
    {
        var code = PrepareWhole(handle, window, out var statement, out length);
        if (code != SqliteCodes.Ok)
            throw Refused(window, handle.Failure(), length);
        return statement != 0
            ? statement
            : throw Refused(window, new SqliteFailure(SqliteCodes.Error, "the script has a NUL byte in it", 0), length);
    }

    /// <summary>
    /// Compiles the next statement of a window. One that the window cuts is compiled again with more text: what is cut may still compile,
    /// and mean something else.
    /// </summary>
    /// <returns>SQLite's code.</returns>
    public static int PrepareWhole(SqliteHandle handle, ScriptWindow window, out nint statement, out int length)
    {
        while (true)
        {
            nint compiled;
            var tail = window.Start;
            var code = handle.Api.Prepare(handle.Pointer, window.Start, -1, &compiled, &tail);
            (statement, length) = (compiled, (int)(tail - window.Start));
            if (window.IsComplete || !IsCut(window.Text, length, code))
                return code;
            _ = handle.Api.FinalizeStatement(statement);
            _ = window.Grow();
        }
    }

    private void Step(ScriptWindow window, nint statement, int length, CancellationToken cancellationToken)
    {
        Statements++;
        var wasInTransaction = handle.InTransaction;
        handle.Watch.StartStatement();
        int code;
        do code = handle.Api.Step(statement);
        while (code == SqliteCodes.Row);
        if (code != SqliteCodes.Done)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Refused(window, handle.Failure(), length);
        }

        if (wasInTransaction && !handle.InTransaction)
            throw Unbalanced(window, length);
    }

    // Once SQLite has refused a statement, its text is read as far as the lexer sees it go, because people are shown all of it.
    private Exception Refused(ScriptWindow window, SqliteFailure failure, int length)
    {
        if (failure.IsBusy)
            return failure;
        if (failure.PrimaryCode == SqliteCodes.Interrupt && handle.Watch.TimedOut)
            return SqliteErrors.TimedOut(
                handle.Watch.StatementTimeout,
                TextOf(window, length),
                SqliteErrors.Locate(_script, window.Offset)
            );
        var offset = OffsetOf(failure, window.Text, length);
        var text = TextOf(window, Math.Max(length, window.FindEndOfStatement()));
        var location = SqliteErrors.Locate(_script, window.Offset + (offset ?? 0));
        var characters = offset is { } at ? Encoding.UTF8.GetCharCount(window.Text[..at]) : (int?)null;
        return SqliteErrors.Statement(failure, text, characters, location, step.Direction);
    }

    private StatementException Unbalanced(ScriptWindow window, int length)
    {
        var location = SqliteErrors.Locate(_script, window.Offset);
        return new StatementException(
            ErrorId.TransactionUnbalanced,
            $"{location}: The statement ended the transaction in which the script and its history row are kept together.",
            "Remove the statement: the script runs in a transaction, which is committed when all of it has run."
        )
        {
            Location = location,
            Statement = SqliteErrors.Cover(TextOf(window, length)),
        };
    }

    // Libraries before 3.38 do not give the place, but stop reading behind the token that they name.
    private static int? OffsetOf(SqliteFailure failure, ReadOnlySpan<byte> text, int length)
    {
        if (failure.Offset is { } offset && offset <= text.Length)
            return offset;
        var message = failure.Message;
        if (message is "incomplete input")
            return text[..Math.Min(length, text.Length)].TrimEnd(" \t\r\n\f"u8).Length;
        if (
            !message.StartsWith("near \"", StringComparison.Ordinal)
            || message.LastIndexOf("\": ", StringComparison.Ordinal) is var end && end < 6
        )
            return null;
        var found = text[..Math.Min(length, text.Length)].LastIndexOf(Encoding.UTF8.GetBytes(message[6..end]));
        return found < 0 ? null : found;
    }

    private static string TextOf(ScriptWindow window, int length) =>
        Encoding.UTF8.GetString(window.Text[..Math.Min(length, window.Text.Length)]).TrimEnd().TrimEnd(';');

    // The words that begin statements which are not simply run.
    private static bool IsSpecial(ReadOnlySpan<byte> text) =>
        text.Length > 0
        && (text[0] | 0x20) switch
        {
            'a' => StartsWith(text, "attach"u8) || StartsWith(text, "alter"u8),
            'b' => StartsWith(text, "begin"u8),
            'c' => StartsWith(text, "commit"u8) || StartsWith(text, "create"u8),
            'd' => StartsWith(text, "drop"u8) || StartsWith(text, "detach"u8),
            'e' => StartsWith(text, "end"u8),
            'p' => StartsWith(text, "pragma"u8),
            'v' => StartsWith(text, "vacuum"u8),
            _ => false,
        };

    private static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) =>
        text.Length >= word.Length && Ascii.EqualsIgnoreCase(text[..word.Length], word);

    private void Report(ScriptWindow window)
    {
        if (Stopwatch.GetElapsedTime(_reported) < ReportEvery)
            return;
        _reported = Stopwatch.GetTimestamp();
        events.Publish(new ScriptAdvanced(step.Migration.FullName, window.Offset, window.Length));
    }
}
