namespace Migrations.Folders;

/// <summary>
/// One script made of several sections of a file: what stands between them becomes blank, so that every line and column is that of the
/// file.
/// </summary>
internal static class JoinedSections
{
    /// <summary>The script of a half with several sections.</summary>
    /// <param name="first">Its first section.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="file">The file's bytes.</param>
    public static MigrationScript Join(ScriptPart first, string path, ReadOnlySpan<byte> file)
    {
        var text = file[(int)first.Offset..(int)(first.Last.Offset + first.Last.Length)].ToArray();
        var end = 0;
        using var hash = new NormalizedHash();
        foreach (var part in ScriptPart.All(first))
        {
            var start = (int)(part.Offset - first.Offset);
            Blank(text.AsSpan(end, start - end));
            end = start + (int)part.Length;
            // Only of the sections themselves: an edit of the other half does not change this one.
            hash.Append(text.AsSpan(start, (int)part.Length));
        }

        return first.ToScript(path) with
        {
            Length = text.Length,
            Kept = text,
            Checksum = hash.Finish(),
        };
    }

    private static void Blank(Span<byte> text)
    {
        foreach (ref var b in text)
        {
            if (b is not ((byte)'\r' or (byte)'\n'))
                b = (byte)' ';
        }
    }
}
