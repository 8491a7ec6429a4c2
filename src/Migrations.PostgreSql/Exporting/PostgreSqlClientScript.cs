using System.Globalization;
using Migrations.Databases;
using Migrations.History;
using Migrations.Logging;

namespace Migrations.PostgreSql;

/// <summary>A script for <c>psql</c>, or for any client that stops at the first error.</summary>
/// <param name="place">What it is for.</param>
/// <param name="output">Where it goes.</param>
internal sealed class PostgreSqlClientScript(ClientScriptPlace place, TextWriter output) : IClientScript
{
    // What a script has set on the connection must not reach the next one; these are the client's and ours.
    private static readonly string[] Settings = ["SET client_encoding TO 'UTF8';", "SET standard_conforming_strings TO on;"];

    private readonly PsqlText _text = new(place);

    /// <summary>The history's statements.</summary>
    public required ScriptRows Rows { get; init; }

    /// <summary>What must hold.</summary>
    public required ScriptGuard Guard { get; init; }

    /// <summary>The server's major version.</summary>
    public required int ServerVersion { get; init; }

    /// <summary>The statements that create the history's table; none where it is there.</summary>
    public required IReadOnlyList<string> Creation { get; init; }

    private bool IsPsql => place.Client == ScriptClient.Psql;

    /// <inheritdoc/>
    public IReadOnlyList<string> Secrets => [.. _text.Secrets];

    /// <inheritdoc/>
    public IEnumerable<FileProblem> Check(ClientScriptPart part) =>
        part.Steps.SelectMany(step => new ScriptRefusals(place, _text).Of(step, part.Statements is not null));

    /// <inheritdoc/>
    public void WriteHead(ClientScriptHead head)
    {
        foreach (var comment in head.Comments)
            Comment(comment);
        Comment(IsPsql ? "Run it with: psql -X -f <this file> <database>" : "Run it with a client that stops at the first error.");
        if (IsPsql)
            Write("\\set ON_ERROR_STOP on\n\\set ON_ERROR_ROLLBACK off\n\\set AUTOCOMMIT on\n\\set SINGLELINE off");
        foreach (var setting in Settings)
            Write(setting);
        foreach (var secret in Secrets)
            WriteSecret(secret);
        Write("");
        Comment(
            place.IsIdempotent
                ? "Only in the right database and schema, and while no other run is at work."
                : "Only where the history is as it was when this was made, and while no other run is at work."
        );
        Write(Guard.Demand());
        foreach (var statement in Creation)
            Write(statement + ";");
        if (place.IsIdempotent)
            WriteStates(head);
    }

    /// <inheritdoc/>
    public void Write(ClientScriptPart part)
    {
        Write("");
        var isOne = part.Groups.Count == 1;
        if (isOne)
            BeginIf(part.Groups[0]);
        if (part.Statements is { } statements)
            WriteOutside(part.Steps.Single(), statements);
        else
            WriteInTransaction(part, isOne);
        if (isOne)
            EndIf();
    }

    /// <inheritdoc/>
    public void WriteEnd()
    {
        Write("");
        Write(Guard.Release);
    }

    /// <summary>What is done already is looked up once, at the beginning: a hook after the run is left out only then.</summary>
    private void WriteStates(ClientScriptHead head)
    {
        var wanted = head.Direction == MigrationDirection.Up ? "" : "NOT ";
        for (var i = 0; i < head.Migrations.Count; i++)
        {
            Comment($"{head.Migrations[i].FullName}: done already?");
            Write($"SELECT {wanted}{_text.Of(Rows.IsApplied(head.Migrations[i]))} AS {Variable(i + 1)} \\gset");
        }

        var all = head.Migrations.Select((_, i) => $":'{Variable(i + 1)}'::pg_catalog.bool");
        Write($"SELECT {string.Join(" AND ", all.DefaultIfEmpty("true"))} AS {Variable(number: null)} \\gset");
    }

    private static string Variable(int? number) => "migrations_done_" + (number?.ToString(CultureInfo.InvariantCulture) ?? "all");

    private void BeginIf(ClientScriptGroup group)
    {
        if (place.IsIdempotent)
            Write($"\\if :{Variable(group.Number)}\n\\else");
    }

    private void EndIf()
    {
        if (place.IsIdempotent)
            Write("\\endif");
    }

    /// <summary>A secret comes from a variable of the client, or of its environment: never from the script.</summary>
    private void WriteSecret(string name)
    {
        var words = PostgreSqlText.Literal($"The variable {name} has no value.");
        var hint = PostgreSqlText.Literal($"Set it in the environment of psql ({name}), or with \\set or \\prompt before the script.");
        var body = $"BEGIN RAISE EXCEPTION USING MESSAGE = {words}, HINT = {hint}; END";
        Write($"\\if :{{?{name}}}\n\\else\n\\getenv {name} {name}\n\\endif");
        Write($"\\if :{{?{name}}}\n\\else\nDO {ScriptGuard.Quote(body)};\n\\endif");
    }

    private void WriteInTransaction(ClientScriptPart part, bool isOne)
    {
        var modes = part.Steps.Select(s => s.Analysis.TransactionModes).FirstOrDefault(m => m is { Length: > 0 });
        Write($"BEGIN{(modes is null ? "" : " " + modes)};");
        foreach (var group in part.Groups)
        {
            if (!isOne)
                BeginIf(group);
            foreach (var step in group.Steps)
                WriteStep(step);
            if (!isOne)
                EndIf();
        }

        Write("COMMIT;");
    }

    private void WriteStep(StepExecution step)
    {
        Title(step);
        WriteTimeouts(step, isOutside: false);
        var resets = WriteScript(step);
        if (resets)
            Write("RESET SESSION AUTHORIZATION;\nRESET ROLE;");
        Write("SET CONSTRAINTS ALL IMMEDIATE;");
        Insert(step.Entry, inTransaction: true);
        if (resets)
            WriteReset();
    }

    /// <summary>Writes the statements of a script, without its own transaction.</summary>
    /// <returns>Whether any of them may change something on the connection.</returns>
    private bool WriteScript(StepExecution step)
    {
        var (hasBegun, resets) = (false, false);
        foreach (var piece in PostgreSqlStatementReader.Read(step.Script))
        {
            if (piece.Kind == SqlPieceKind.CopyData)
                output.Write(piece.Text.EndsWith('\n') ? piece.Text : piece.Text + "\n");
            if (piece.Kind != SqlPieceKind.Statement || IsTakenOff(piece.Text, ref hasBegun))
                continue;
            resets |= !StatementClassifier.IsDefinition(piece.Text);
            Statement(piece.Text);
        }

        return resets;
    }

    private bool IsTakenOff(string statement, ref bool hasBegun)
    {
        if (StatementClassifier.IsPassedOver(statement, ServerVersion))
            return true;
        var role = StatementClassifier.Classify(statement);
        if (role is StatementRole.Begin or StatementRole.Commit || (role == StatementRole.SetTransaction && !hasBegun))
            return true;
        hasBegun |= role is not StatementRole.Setting;
        return false;
    }

    private void WriteOutside(StepExecution step, IEnumerable<ClientScriptStatement> statements)
    {
        Title(step);
        Comment("Without a transaction: what has run when it fails stays, and the history says what that is.");
        WriteTimeouts(step, isOutside: true);
        foreach (var statement in statements)
        {
            foreach (var row in statement.Before)
                Insert(row, inTransaction: false);
            if (!StatementClassifier.IsPassedOver(statement.Statement.Text, ServerVersion))
                Statement(statement.Statement.Text);
            foreach (var row in statement.After)
                Insert(row, inTransaction: false);
        }

        Write("RESET SESSION AUTHORIZATION;\nRESET ROLE;");
        Insert(step.Entry, inTransaction: false);
        WriteReset();
    }

    private void WriteTimeouts(StepExecution step, bool isOutside)
    {
        var set = isOutside ? "SET" : "SET LOCAL";
        var header = step.Script.Header;
        // Without a transaction a timeout in CREATE INDEX CONCURRENTLY leaves an invalid index behind: only who asks for one gets it.
        if ((header.TableLockTimeout ?? (isOutside ? null : place.Options.TableLockTimeout)) is { } wait)
            Write(string.Create(CultureInfo.InvariantCulture, $"{set} lock_timeout TO '{Math.Max(1, (long)wait.TotalMilliseconds)}ms';"));
        if ((header.StatementTimeout ?? place.Options.StatementTimeout) is { } limit)
            Write(
                string.Create(CultureInfo.InvariantCulture, $"{set} statement_timeout TO '{Math.Max(1, (long)limit.TotalMilliseconds)}ms';")
            );
    }

    private void WriteReset()
    {
        Write("RESET ALL;");
        foreach (var setting in Settings)
            Write(setting);
    }

    private void Insert(JournalEntry entry, bool inTransaction)
    {
        Write(_text.Of(Rows.Insert(entry, inTransaction)));
        foreach (var statement in entry.Beside)
            Write(_text.Of(statement) + ";");
    }

    private void Title(StepExecution step) => Comment($"{step.Migration.FullName}: {Path.GetFileName(step.Script.File)}");

    private void Comment(string text) => Write("-- " + VisibleText.Of(text));

    private void Statement(string text) => Write(_text.Of(text) + ";");

    private void Write(string line)
    {
        output.Write(line);
        output.Write('\n');
    }
}
