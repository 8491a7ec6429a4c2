using System.Text;

namespace Migrations.History;

/// <summary>The text of a script for the history.</summary>
internal static class ScriptText
{
    /// <summary>Reads a script; a file that is no longer what was read and checked before the run is an error.</summary>
    public static string ReadChecked(MigrationScript script)
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

    /// <summary>Reads the whole file of a script as it is, with its byte order mark; the script itself where it is no file.</summary>
    public static string ReadFile(MigrationScript script)
    {
        try
        {
            return File.Exists(script.File) ? Encoding.UTF8.GetString(File.ReadAllBytes(script.File)) : script.ReadOriginalText();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(script, e);
        }
    }

    /// <summary>A script whose file can no longer be read.</summary>
    public static MigrationException Unreadable(MigrationScript script, Exception e) =>
        new(
            ErrorId.FileUnreadable,
            $"The file '{script.File}' could not be read: {e.Message}",
            "Make the file readable and run the command again.",
            e
        )
        {
            Location = new ScriptLocation(script.File, script.FirstLine),
        };
}
