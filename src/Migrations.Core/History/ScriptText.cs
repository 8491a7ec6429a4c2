using System.Security.Cryptography;
using System.Text;

namespace Migrations.History;

/// <summary>The text of a script against its checksum.</summary>
internal static class ScriptText
{
    /// <summary>Reads a script and makes sure that it is what was read and checked before the run.</summary>
    public static string ReadChecked(MigrationScript script)
    {
        var text = Read(script);
        if (script.Kept is null && !string.Equals(ChecksumOf(text), script.Checksum, StringComparison.Ordinal))
        {
            throw new MigrationException(
                ErrorId.FileChanged,
                $"The file '{script.File}' was changed after it had been read and checked.",
                "Run the command again when nobody is writing to the migration folder.")
            { Location = new ScriptLocation(script.File, script.FirstLine) };
        }

        return text;
    }

    private static string Read(MigrationScript script)
    {
        try
        {
            return script.ReadOriginalText();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(script, e);
        }
    }

    /// <summary>A script whose file can no longer be read.</summary>
    public static MigrationException Unreadable(MigrationScript script, Exception e) => new(
        ErrorId.FileUnreadable, $"The file '{script.File}' could not be read: {e.Message}", "Make the file readable and run the command again.", e)
    {
        Location = new ScriptLocation(script.File, script.FirstLine),
    };

    private static string ChecksumOf(string text) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.Contains('\r', StringComparison.Ordinal) ? text.Replace("\r\n", "\n", StringComparison.Ordinal) : text)))
            .ToLowerInvariant();
}
