using System.Globalization;
using System.Text;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Says which statement of a script the server refused, and where in the file.</summary>
internal static class StatementFailure
{
    private const int MostCharacters = 2000;

    /// <summary>The engine's error.</summary>
    /// <param name="e">The server's error.</param>
    /// <param name="script">The script.</param>
    /// <param name="piece">The statement; null when the commit was refused (a deferred constraint).</param>
    /// <param name="blocker">Who held the lock that was not got.</param>
    /// <param name="attempts">How often it was tried.</param>
    /// <param name="confinement">On a scratch database: there it may be that nothing is known.</param>
    public static StatementException Of(
        PostgresException e,
        MigrationScript script,
        SqlPiece? piece,
        Blocker? blocker,
        int attempts,
        Confinement? confinement
    )
    {
        var failure = Of(e, script, piece, blocker, attempts);
        return confinement?.Judge(failure) ?? failure;
    }

    /// <summary>The engine's error, on whatever database.</summary>
    public static StatementException Of(PostgresException e, MigrationScript script, SqlPiece? piece, Blocker? blocker, int attempts)
    {
        e = Secrets.Without(e, piece?.Text);
        var offset = piece is null ? null : Offset(piece.Text, e.Position);
        var location = piece is null ? new ScriptLocation(script.File, script.FirstLine) : Locate(e, script, piece, offset);
        // An excerpt counts its lines from the location, which in COPY data is outside the statement.
        var isInData = piece is not null && location.Line > piece.Line + piece.Text.AsSpan().Count('\n');
        var (text, shownOffset) = Excerpt(
            piece is null || isInData ? null : Secrets.Mask(piece.Text),
            offset ?? LineStart(piece, location)
        );
        return new StatementException(PostgreSqlErrors.IdOf(e), Message(e, location, piece, blocker, attempts), NextStep(e, blocker), e)
        {
            Location = location,
            Statement = text,
            StatementOffset = shownOffset,
            Code = e.SqlState,
            Detail = e.Detail,
            Hint = e.Hint,
            Blocker = blocker?.Description,
        };
    }

    /// <summary>The engine's error when a transaction would still have written during its COMMIT, after the last look at the
    /// history.</summary>
    /// <param name="e">The server's error.</param>
    /// <param name="what">What was to be committed.</param>
    public static StatementException InCommit(PostgresException e, string what)
    {
        e = Secrets.Without(e, statement: null);
        return new StatementException(
            PostgreSqlErrors.IdOf(e),
            $"PostgreSQL refused the commit of {what}: something that was put off until then writes, and after the history is "
                + $"checked nothing may be written any more: {e.MessageText} ({e.SqlState}). Nothing of it is applied.",
            "Let the script itself do it: a trigger must not say SET CONSTRAINTS ... DEFERRED, and a cursor WITH HOLD whose query "
                + "writes must be read to its end (FETCH ALL) before the script ends.",
            e
        )
        {
            Code = e.SqlState,
            Detail = e.Detail,
            Hint = e.Hint,
        };
    }

    /// <summary>The first character of the location's line, when the server gave only a line (in a DO block).</summary>
    private static int? LineStart(SqlPiece? piece, ScriptLocation location)
    {
        if (piece is null || location.Column is not null)
            return null;
        var at = 0;
        for (var line = piece.Line; line < location.Line && at >= 0; line++)
            at = piece.Text.IndexOf('\n', at) + 1;
        return at;
    }

    private static string Message(PostgresException e, ScriptLocation location, SqlPiece? piece, Blocker? blocker, int attempts)
    {
        // The place stands once, at the beginning, as in SQLite's.
        var message = new StringBuilder(
            piece is null ? $"PostgreSQL refused the commit of '{location.ShownFile}'" : $"{location}: PostgreSQL refused a statement"
        );
        message.Append(CultureInfo.InvariantCulture, $": {e.MessageText} ({e.SqlState}).");
        if (e.Where is { Length: > 0 } where)
            message.Append(CultureInfo.InvariantCulture, $" Context: {where.Split('\n')[0].TrimEnd('.')}.");
        if (attempts > 1)
            message.Append(CultureInfo.InvariantCulture, $" It was tried {attempts} times.");
        if (blocker is not null)
            message.Append(CultureInfo.InvariantCulture, $" It waited for {blocker.Description}.");
        return message.ToString();
    }

    private static Advice NextStep(PostgresException e, Blocker? blocker) =>
        e.SqlState is PostgresErrorCodes.LockNotAvailable && LockTimeouts.ForAutovacuum(blocker) is { } enough
            ? Advice.Of(
                $"Allow a longer wait, for the autovacuum to yield: '-- lock-timeout: {enough.TotalSeconds:0.###}s' in the "
                    + $"script's first comment, or "
                    + $"{CallOption.TableLockTimeout.Of(FormattableString.Invariant($"{enough.TotalSeconds:0.###}s"))}."
            )
        : e.SqlState is PostgresErrorCodes.LockNotAvailable && blocker?.WayOut is { } way ? way + " Then run the command again."
        : PostgreSqlErrors.NextStep(e);

    /// <summary>The server counts code points from 1; the engine counts characters from 0.</summary>
    private static int? Offset(string text, int position)
    {
        if (position <= 0)
            return null;
        var at = 0;
        for (var left = position - 1; left > 0 && at < text.Length; left--)
            at += char.IsSurrogatePair(text, at) ? 2 : 1;
        return Math.Min(at, text.Length);
    }

    private static ScriptLocation Locate(PostgresException e, MigrationScript script, SqlPiece piece, int? offset)
    {
        if (offset is { } at)
        {
            var before = piece.Text.AsSpan(0, at);
            var lines = before.Count('\n');
            return script.At(piece.Line + lines, lines == 0 ? piece.Column + at : at - before.LastIndexOf('\n'));
        }

        if (piece.CopiesFromClient && NumberAfter(e.Where, ", ") is { } row)
            return new ScriptLocation(script.File, piece.Line + piece.Text.AsSpan().Count('\n') + row);
        // The line inside a DO block counts from the line of its opening dollar quote.
        if (NumberAfter(e.Where, "inline_code_block") is { } line)
        {
            var body = piece.Text.AsSpan(0, Math.Max(0, piece.Text.IndexOf('$', StringComparison.Ordinal)));
            return new ScriptLocation(script.File, piece.Line + body.Count('\n') + line - 1);
        }

        return script.At(piece.Line, piece.Column);
    }

    private static int? NumberAfter(string? text, string mark)
    {
        var at = text?.IndexOf(mark, StringComparison.Ordinal) ?? -1;
        if (at < 0)
            return null;
        // The word between them is in the server's language.
        var digits = text.AsSpan(at + mark.Length);
        digits = digits[Math.Max(0, digits.IndexOfAnyInRange('0', '9'))..];
        var length = digits.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(length < 0 ? digits : digits[..length], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }

    private static (string? Text, int? Offset) Excerpt(string? text, int? offset)
    {
        if (text is null || text.Length <= MostCharacters)
            return (text, offset);
        var start = Math.Clamp((offset ?? 0) - MostCharacters / 2, 0, text.Length - MostCharacters);
        return (text.Substring(start, MostCharacters), offset - start);
    }
}
