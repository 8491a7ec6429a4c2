using System.Text;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>What is wrong with a statement of a script.</summary>
/// <param name="handle">The connection.</param>
/// <param name="script">The script.</param>
internal sealed class ScriptErrors(SqliteHandle handle, MigrationScript script)
{
    /// <summary>SQLite refused it, or another connection stands in the way.</summary>
    /// <param name="window">The script at the statement.</param>
    /// <param name="failure">What SQLite says.</param>
    /// <param name="length">How far SQLite has read it.</param>
    public Exception Refused(ScriptWindow window, SqliteFailure failure, int length)
    {
        if (failure.IsBusy)
            return failure;
        if (failure.PrimaryCode == SqliteCodes.Interrupt && handle.Watch.TimedOut)
            return SqliteErrors.TimedOut(handle.Watch.StatementTimeout, TextOf(window, length), SqliteErrors.Locate(script, window.Offset));
        var offset = OffsetOf(failure, window.Text, length);
        // It is read as far as the lexer sees it go, because people are shown all of it.
        var text = TextOf(window, Math.Max(length, window.FindEndOfStatement()));
        var location = SqliteErrors.Locate(script, window.Offset + (offset ?? 0));
        var characters = offset is { } at ? Encoding.UTF8.GetCharCount(window.Text[..at]) : (int?)null;
        return SqliteErrors.Statement(failure, text, characters, location);
    }

    /// <summary>It ended the transaction.</summary>
    public StatementException Unbalanced(ScriptWindow window, int length)
    {
        var location = SqliteErrors.Locate(script, window.Offset);
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

    /// <summary>Its text.</summary>
    public static string TextOf(ScriptWindow window, int length) =>
        Encoding.UTF8.GetString(window.Text[..Math.Min(length, window.Text.Length)]).TrimEnd().TrimEnd(';');
}
