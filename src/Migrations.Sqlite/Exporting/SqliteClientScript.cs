using System.Globalization;
using Migrations.Databases;
using Migrations.History;
using Migrations.Logging;

namespace Migrations.Sqlite;

/// <summary>A script for the <c>sqlite3</c> shell, for D1, or for any client that stops at the first error.</summary>
/// <param name="place">What it is for.</param>
/// <param name="output">Where it goes.</param>
/// <param name="hasTable">Whether the history's table is there.</param>
internal sealed class SqliteClientScript(ClientScriptPlace place, TextWriter output, bool hasTable) : IClientScript
{
    private readonly ScriptRows _rows = new(place);
    private readonly ScriptGuard _guard = new(place, new ScriptRows(place)) { HasTable = hasTable };
    private bool _hasTable = hasTable;
    private int _written;

    private bool IsD1 => place.Client == ScriptClient.D1;

    /// <inheritdoc/>
    public IReadOnlyList<string> Secrets => [];

    /// <inheritdoc/>
    public IEnumerable<FileProblem> Check(ClientScriptPart part)
    {
        var refusals = new ScriptRefusals(place);
        return part.Steps.SelectMany(s => refusals.Of(s, part.Statements is not null));
    }

    /// <inheritdoc/>
    public void WriteHead(ClientScriptHead head)
    {
        foreach (var comment in head.Comments)
            Comment(comment);
        Comment(
            place.Client switch
            {
                ScriptClient.D1 => "For wrangler (d1 execute), which runs it in one transaction.",
                ScriptClient.Sqlite3 => "Run it with: sqlite3 <database> < <this file>",
                _ => "Run it with a client that stops at the first error.",
            }
        );
        if (place.Client == ScriptClient.Sqlite3)
        {
            Write(".bail on");
            Write(string.Create(CultureInfo.InvariantCulture, $".timeout {(long)place.Options.TableLockTimeout.TotalMilliseconds}"));
        }

        Write("");
        Comment("Only where the history is as it was when this was made.");
        Write(_guard.Create);
        foreach (var demand in _guard.DemandHistory())
            Write(demand);
    }

    /// <inheritdoc/>
    public void Write(ClientScriptPart part)
    {
        Write("");
        if (part.Statements is { } statements)
            WriteOutside(part.Steps.Single(), statements);
        else
            WriteInTransaction([.. part.Steps]);
    }

    /// <inheritdoc/>
    public void WriteEnd()
    {
        Write("");
        Write(_guard.Drop);
    }

    private void WriteInTransaction(IReadOnlyList<StepExecution> steps)
    {
        var scripts = steps.Select(s => new StatementOrder(s)).ToList();
        var suspends = steps.Any(s => s.Analysis.SuspendsForeignKeys);
        if (IsD1)
        {
            // There keys are always enforced, and this puts off what can be put off.
            if (suspends)
                Write("PRAGMA defer_foreign_keys = ON;");
        }
        else
        {
            WriteKeys(suspends);
            foreach (var statement in scripts.SelectMany(s => s.Leading))
                Statement(statement);
            Write(steps.Any(s => s.Analysis.TransactionModes is "EXCLUSIVE") ? "BEGIN EXCLUSIVE;" : "BEGIN IMMEDIATE;");
            if (_hasTable)
                Write(_guard.DemandRows(_written));
        }

        foreach (var script in scripts)
            WriteStep(script);
        if (!IsD1)
            Write("COMMIT;");
        foreach (var statement in scripts.SelectMany(s => s.Trailing).Concat(scripts.SelectMany(s => s.Restoring)))
            Statement(statement);
    }

    private void WriteStep(StatementOrder script)
    {
        var step = script.Step;
        Title(step);
        var checks = step.Analysis.IsGuarded && !step.MayLeaveKeysOpen && !IsD1;
        if (checks || (step.KeysDue.Count > 0 && !IsD1))
            Write(ScriptGuard.RememberKeys);
        foreach (var statement in script.Inside)
            Statement(statement);
        if (checks || (step.KeysDue.Count > 0 && !IsD1))
        {
            foreach (var demand in _guard.DemandKeys(closes: step.KeysDue.Count > 0))
                Write(demand);
        }

        Insert(step.Entry);
    }

    private void WriteOutside(StepExecution step, IEnumerable<ClientScriptStatement> statements)
    {
        Title(step);
        Comment("Without a transaction: what has run when it fails stays, and the history says what that is.");
        WriteKeys(step.Analysis.SuspendsForeignKeys);
        foreach (var statement in statements)
        {
            foreach (var row in statement.Before)
                Insert(row);
            if (!SqlitePragmas.SetsForeignKeys(StatementHead.Read(statement.Statement.Text)))
                Statement(statement.Statement.Text);
            foreach (var row in statement.After)
                Insert(row);
        }

        Insert(step.Entry);
        foreach (var statement in new StatementOrder(step).Restoring)
            Statement(statement);
    }

    private void WriteKeys(bool suspends) => Write($"PRAGMA foreign_keys = {(suspends ? "OFF" : "ON")};");

    private void Insert(JournalEntry entry)
    {
        if (!_hasTable)
            Write(_rows.Create);
        _hasTable = true;
        Write(_rows.Insert(entry));
        foreach (var statement in entry.Beside)
            Statement(statement);
        _written += ScriptRows.IsCounted(entry) ? 1 : 0;
    }

    private void Title(StepExecution step) => Comment($"{step.Migration.FullName}: {Path.GetFileName(step.Script.File)}");

    private void Comment(string text) => Write("-- " + VisibleText.Of(text));

    private void Statement(string text) => Write((place.Client == ScriptClient.Sqlite3 ? ShellText.Of(text) : text) + ";");

    private void Write(string line)
    {
        output.Write(line);
        output.Write('\n');
    }
}
