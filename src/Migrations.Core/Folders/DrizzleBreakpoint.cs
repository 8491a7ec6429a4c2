namespace Migrations.Folders;

/// <summary>
/// The comment with which Drizzle separates statements, see <see href="https://orm.drizzle.team/docs/kit-overview"/>. The statement before
/// it needs no semicolon there.
/// </summary>
internal static class DrizzleBreakpoint
{
    /// <summary>The comment.</summary>
    public static ReadOnlySpan<byte> Mark => "--> statement-breakpoint"u8;

    /// <summary>Ends the statements that only such a comment ends, in place: the first dash becomes a semicolon.</summary>
    /// <returns>Whether there were any.</returns>
    public static bool EndStatements(Span<byte> text)
    {
        var changed = false;
        for (int at = 0, next; (next = text[at..].IndexOf(Mark)) >= 0; at += next + Mark.Length)
        {
            var before = text[..(at + next)].TrimEnd(" \t\r\n"u8);
            if (before.IsEmpty || before[^1] == ';' || before.EndsWith(Mark[3..]))
                continue;
            ";--"u8.CopyTo(text[(at + next)..]);
            changed = true;
        }

        return changed;
    }
}
