using System.Text;
using Migrations.Backup;
using Migrations.Folders;

namespace Migrations.Exporting;

/// <summary>Writes a script into a file that only its owner can read: as a whole, or not at all.</summary>
internal static class ScriptFileWriter
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes it.</summary>
    /// <param name="path">The file's full path.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <param name="migrations">The migration folder, in which it would be taken for a migration; null without one.</param>
    /// <param name="write">Writes the text.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: the file is there already, or there is no such folder;
    /// <see cref="ErrorId.FileUnreadable"/>: it cannot be written.</exception>
    public static async Task<ExportedScript> WriteAsync(
        string path,
        bool overwrite,
        string? migrations,
        Func<TextWriter, Task<ExportedScript>> write
    )
    {
        Demand(path, overwrite, migrations);
        var partial = path + "." + Guid.NewGuid().ToString("N")[..8] + ".partial";
        try
        {
            var script = await WritePartialAsync(partial, write).ConfigureAwait(false);
            try
            {
                File.Move(partial, path, overwrite);
            }
            catch (IOException) when (!overwrite && File.Exists(path))
            {
                throw Exists(path);
            }

            return script with
            {
                File = path,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.FileUnreadable,
                $"The script '{path}' could not be written: {e.Message}",
                "Make the file and its folder writable, and run the command again.",
                e
            );
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private static async Task<ExportedScript> WritePartialAsync(string partial, Func<TextWriter, Task<ExportedScript>> write)
    {
        var file = OwnerOnly.CreateFile(partial);
        await using var _ = file.ConfigureAwait(false);
        var text = new StreamWriter(file, Utf8) { NewLine = "\n" };
        await using var __ = text.ConfigureAwait(false);
        return await write(text).ConfigureAwait(false);
    }

    private static void Demand(string path, bool overwrite, string? migrations)
    {
        var folder = Path.GetDirectoryName(path);
        if (Directory.Exists(path) || !Directory.Exists(folder))
            throw new MigrationException(
                ErrorId.UsageInvalid,
                Directory.Exists(path)
                    ? $"The script '{path}' is a folder."
                    : $"The script '{path}' cannot be there: the folder '{folder}' does not exist.",
                $"Name a file in an existing folder with {CallOption.OutputFile}."
            );
        if (RegularFile.OtherKind(path) is { } kind)
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"The script '{path}' cannot be there: it is {kind}.",
                $"Name a file in an existing folder with {CallOption.OutputFile}."
            );
        if (migrations is not null && IsSame(folder, migrations))
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"The script '{path}' would be read as a migration: it is in the migration folder.",
                $"Name a file in another folder with {CallOption.OutputFile}."
            );
        if (!overwrite && File.Exists(path))
            throw Exists(path);
    }

    private static bool IsSame(string folder, string other) =>
        string.Equals(Path.GetFullPath(folder), Path.TrimEndingDirectorySeparator(Path.GetFullPath(other)), StringComparison.Ordinal);

    private static MigrationException Exists(string path) =>
        new(
            ErrorId.UsageInvalid,
            $"The file '{path}' exists already.",
            $"Name another file with {CallOption.OutputFile}, or replace this one with {CallOption.Force}."
        );
}
