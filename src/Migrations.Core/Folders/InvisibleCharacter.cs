using System.Globalization;
using System.Text;

namespace Migrations.Folders;

/// <summary>
/// Characters that are not seen and, outside literals, become part of a name or of nothing: no one can find them in an error message of the
/// database.
/// </summary>
internal static class InvisibleCharacter
{
    /// <summary>Finds the first one.</summary>
    /// <param name="bytes">Text outside literals, in UTF-8.</param>
    /// <param name="isComment">In comments only those that change the order of what is shown matter.</param>
    /// <param name="at">Where it is.</param>
    /// <returns>The character; null without one.</returns>
    public static Rune? Find(ReadOnlySpan<byte> bytes, bool isComment, out int at)
    {
        at = 0;
        while (bytes[at..].IndexOfAnyInRange((byte)0x80, (byte)0xFF) is >= 0 and var next)
        {
            at += next;
            _ = Rune.DecodeFromUtf8(bytes[at..], out var rune, out var length);
            if (isComment ? IsReordering(rune.Value) : NameOf(rune.Value) is not null)
                return rune;
            at += length;
        }

        return null;
    }

    /// <summary>What to say of one.</summary>
    public static FileProblem Problem(ScriptLocation location, Rune rune)
    {
        var code = "U+" + rune.Value.ToString("X4", CultureInfo.InvariantCulture);
        return new FileProblem(
            ErrorId.CharacterInvisible,
            location,
            $"Column {location.Column} holds {NameOf(rune.Value)} ({code}), which is invisible.",
            IsBlank(rune.Value) ? "Replace it with a plain space: outside literals, databases treat it as part of a name." : "Remove it."
        );
    }

    /// <summary>
    /// Whether a script with it may be meant: blanks are letters of a name to both databases, and joiners are part of some languages'
    /// words.
    /// </summary>
    public static bool IsAllowed(Rune rune) => IsBlank(rune.Value) || rune.Value is 0x200C or 0x200D;

    private static bool IsBlank(int code) =>
        code is 0x85 or 0xA0 or 0x1680 or (>= 0x2000 and <= 0x200A) or 0x2028 or 0x2029 or 0x202F or 0x205F or 0x3000;

    private static bool IsReordering(int code) =>
        code is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    private static string? NameOf(int code) =>
        code switch
        {
            0xFEFF => "a byte order mark",
            0xA0 or 0x202F => "a no-break space",
            0xAD => "a soft hyphen",
            0x200B => "a zero-width space",
            0x200C or 0x200D => "a zero-width joiner",
            0x2028 or 0x2029 or 0x85 => "a line separator",
            0x2060 => "a word joiner",
            _ when IsReordering(code) => "a control character for the direction of text",
            _ when IsBlank(code) => "a special space",
            0x180E or (>= 0x2061 and <= 0x2064) or (>= 0xFFF9 and <= 0xFFFB) => "a format character",
            _ => null,
        };
}
