using System.Data.Common;
using System.Globalization;
using Migrations.History;

namespace Migrations.Databases;

/// <summary>The errors of migrations and hooks in code.</summary>
internal static class CodeFailure
{
    private const string MigrationRolledBack = "The migration was rolled back in the database; what its code did elsewhere was not.";

    private const string HookRolledBack =
        "It was rolled back in the database, and the migration with it where they share a transaction; what it did elsewhere was not.";

    private const string NotRolledBack = "What it did before that is not undone.";

    private const int LongestMessage = 8192;

    /// <summary>Runs code, and says what of it failed.</summary>
    /// <param name="script">The half of a migration, or the hook.</param>
    /// <param name="run">Runs it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="isAlone">Whether it runs outside of any transaction.</param>
    public static async Task CatchAsync(MigrationScript script, Func<Task> run, CancellationToken cancellationToken, bool isAlone = false)
    {
        try
        {
            await run().ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception e) when (e is not MigrationException { Id: ErrorId.CodeFailed })
        {
            throw Of(script, e, isAlone: isAlone);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>It failed.</summary>
    /// <param name="script">The half that ran.</param>
    /// <param name="cause">What it threw.</param>
    /// <param name="isAlone">Whether it ran outside of any transaction.</param>
    public static MigrationException Of(MigrationScript script, Exception cause, bool isAlone = false)
    {
        var place = (cause as CodeException)?.Location ?? new ScriptLocation(script.File, script.FirstLine);
        // Of an error that was handed on, the database's own words say most.
        var said = InDatabase(cause) ?? cause;
        var state = said is DbException { SqlState: { } code } ? $" ({code})" : "";
        return new MigrationException(
            ErrorId.CodeFailed,
            $"{place}: {Said(said)}{state}. " + (isAlone ? NotRolledBack : RolledBack(script)),
            "Correct the code, and run it again.",
            Shown(cause)
        )
        {
            Location = place,
        };
    }

    /// <summary>What an error says, without secrets and without the full stop. No one reads megabytes.</summary>
    private static string Said(Exception error)
    {
        var text = ScriptRedaction.Hide(error.Message).TrimEnd().TrimEnd('.');
        if (text.Length <= LongestMessage)
            return text;
        var kept = char.IsHighSurrogate(text[LongestMessage - 1]) ? LongestMessage - 1 : LongestMessage;
        return string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, kept)}... (cut: the message has {text.Length:N0} characters)");
    }

    /// <summary>An error as it is handed on: one that says a secret is not.</summary>
    private static Exception? Shown(Exception cause) => ScriptRedaction.Says(cause) ? null : cause;

    private static string RolledBack(MigrationScript script) => script.Code?.IsWhole == true ? HookRolledBack : MigrationRolledBack;

    private static DbException? InDatabase(Exception cause)
    {
        for (var e = cause; e is not null; e = e.InnerException)
        {
            if (e is DbException database)
                return database;
        }

        return null;
    }

    /// <summary>It began, committed or rolled back a transaction itself, and nothing of what it did is kept.</summary>
    /// <param name="script">The half that ran.</param>
    /// <param name="cause">What the database said, where it refused.</param>
    public static MigrationException EndedTransaction(MigrationScript script, Exception? cause = null)
    {
        var place = new ScriptLocation(script.File, script.FirstLine);
        return new MigrationException(
            ErrorId.TransactionUnbalanced,
            $"{place}: The code begins, commits or rolls back a transaction, closes the connection, or changes to another database; it and "
                + "its history row are kept together in the transaction of the run. Nothing was committed: all that it did in the "
                + "database was rolled back.",
            "Take that out of the code: the transaction is committed when it has run. For a part that may fail, use a savepoint.",
            cause
        )
        {
            Location = place,
        };
    }

    /// <summary>It ended its transaction, and what it did may be committed.</summary>
    /// <param name="script">The half that ran.</param>
    /// <param name="known">What is known of that, in sentences.</param>
    /// <param name="cause">How the code itself failed, if it did.</param>
    public static MigrationException OutcomeUnknown(MigrationScript script, string known, Exception? cause)
    {
        var place = (cause as MigrationException)?.Location ?? new ScriptLocation(script.File, script.FirstLine);
        var failed = cause?.InnerException is { } said ? $" Then it failed: {Said(said)}." : "";
        return new MigrationException(
            ErrorId.OutcomeUnknown,
            $"{place}: The code ended the transaction in which it and its history row are kept together. {known}{failed} The history does "
                + "not have the migration.",
            "Look at the database, and undo by hand what is there; then take what ends the transaction out of the code.",
            cause
        )
        {
            Location = place,
        };
    }

    /// <summary>It took too long.</summary>
    /// <param name="script">The half that ran.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="isOfAll">Whether that is the limit of all of it; else of each of its statements.</param>
    /// <param name="cause">How it failed.</param>
    public static StatementException TimedOut(MigrationScript script, TimeSpan? limit, bool isOfAll, Exception? cause)
    {
        var place = (cause as MigrationException)?.Location ?? new ScriptLocation(script.File, script.FirstLine);
        return new StatementException(
            ErrorId.StatementTimedOut,
            $"{place}: {(isOfAll ? "The code" : "A statement of the code")} took longer than its limit of {limit?.TotalSeconds:0.###} s, "
                + $"and was interrupted. {RolledBack(script)}",
            "Give it more time ('Timeout: 10m' in the header of its file), or make it quicker, and run it again.",
            cause
        )
        {
            Location = place,
        };
    }

    /// <summary>It left a reader open, or a statement running.</summary>
    /// <param name="script">The half that ran.</param>
    /// <param name="statement">The statement, without secrets; empty where it is not known.</param>
    /// <param name="isRunning">Whether it still runs.</param>
    public static MigrationException LeftOpen(MigrationScript script, string statement, bool isRunning)
    {
        var place = new ScriptLocation(script.File, script.FirstLine);
        var what =
            isRunning ? "command running"
            : statement.Length == 0 ? "reader or COPY open"
            : "reader open";
        var on = statement.Length == 0 ? "" : $", on: {ScriptRedaction.Hide(statement).Trim()}";
        return new MigrationException(
            ErrorId.CodeFailed,
            $"{place}: The code has left a {what}{on}. {RolledBack(script)}",
            isRunning
                ? "Wait for the command before the code ends: await its task."
                : "Close the reader: dispose it, or read it in a using block.",
            inner: null
        )
        {
            Location = place,
        };
    }
}
