using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Migrations.Folders;

/// <summary>Finds bytes that are not text.</summary>
internal static class Utf8Check
{
    /// <summary>How long a UTF-8 byte order mark is at the start of a file: 3 or 0.</summary>
    public static int MarkLength(ReadOnlySpan<byte> start) => start.StartsWith("\uFEFF"u8) ? 3 : 0;

    /// <summary>Looks through a block that begins at a byte and line of its file.</summary>
    /// <returns>Null when it is good UTF-8 without NUL characters: the database would take those for the script's end.</returns>
    public static FileProblem? FindProblem(string file, ReadOnlySpan<byte> block, long position, int line)
    {
        if (position == 0 && (block.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || block.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])))
            return Problem(file, 1, "The file is UTF-16, not UTF-8.", "UTF-16");
        if (FindOffset(block) is not { } bad)
            return null;
        line += block[..bad].Count((byte)'\n');
        var offset = (position + bad).ToString(CultureInfo.InvariantCulture);
        return block[bad] == 0
            ? Problem(
                file,
                line,
                $"The byte at offset {offset} is NUL, which is not allowed in a script; the file may be UTF-16.",
                "UTF-16"
            )
            : Problem(file, line, $"The byte at offset {offset} (0x{block[bad]:X2}) is not valid UTF-8.", "WINDOWS-1252");
    }

    /// <summary>Where the first byte is that is not text; null when all of them are.</summary>
    public static int? FindOffset(ReadOnlySpan<byte> block)
    {
        var nul = block.IndexOf((byte)0);
        var text = nul < 0 ? block : block[..nul];
        return !Utf8.IsValid(text) ? FirstInvalid(text)
            : nul < 0 ? null
            : nul;
    }

    private static FileProblem Problem(string file, int line, string message, string from)
    {
        var place = new ScriptLocation(file, line);
        var name = place.ShownFile;
        return new FileProblem(
            ErrorId.EncodingInvalid,
            place,
            message,
            $"Save the file as UTF-8; if it is {from}, for example with: iconv -f {from} -t UTF-8 '{name}' > '{name}.utf8' && "
                + $"mv '{name}.utf8' '{name}'"
        );
    }

    private static int FirstInvalid(ReadOnlySpan<byte> block)
    {
        var at = 0;
        while (at < block.Length && Rune.DecodeFromUtf8(block[at..], out _, out var length) == OperationStatus.Done)
            at += length;
        return at;
    }
}
