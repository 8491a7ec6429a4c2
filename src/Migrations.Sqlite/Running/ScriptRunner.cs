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
    private readonly ScriptErrors _errors = new(handle, step.Script);
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
        step.Rows?.Restart();
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
        var text = ScriptErrors.TextOf(window, length);
        var head = StatementHead.Read(text);
        _isLeading &= head.Kind is StatementKind.Pragma or StatementKind.Attach;
        if (IsOurs(head) || (_script.IsSchema && MakesInternalTable(head)) || (head.NeedsAutocommit && HasRun(head)))
        {
            window.Advance(length);
            return false;
        }

        state.Remember(head);
        if (SqlitePragmas.TakesJournal(head))
        {
            window.Advance(length);
            return false;
        }

        // On a copy an ATTACH is not put off: whether it is refused is known before what needs it runs.
        if (head.NeedsAutocommit && handle.InTransaction && !(handle.IsConfined && head.Kind == StatementKind.Attach))
        {
            AfterCommit.Add(new ScriptStatement(Statements, text, _script.At(window.Line, window.Column)));
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
        var code = ScriptCompiler.Compile(handle, window, out var statement, out length);
        if (code != SqliteCodes.Ok)
            throw _errors.Refused(window, handle.Failure(), length);
        return statement != 0
            ? statement
            : throw _errors.Refused(window, new SqliteFailure(SqliteCodes.Error, "the script has a NUL byte in it", 0), length);
    }

    private void Step(ScriptWindow window, nint statement, int length, CancellationToken cancellationToken)
    {
        Statements++;
        var wasInTransaction = handle.InTransaction;
        handle.Watch.StartStatement();
        var code = new QueryRows(handle.Api, statement, step.Rows).StepThrough();
        if (code != SqliteCodes.Done)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw _errors.Refused(window, handle.Failure(), length);
        }

        if (wasInTransaction && !handle.InTransaction)
            throw _errors.Unbalanced(window, length);
    }

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
