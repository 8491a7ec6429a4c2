using System.Text;
using Migrations.Databases;
using Migrations.Folders;
using Migrations.Integrity;
using Migrations.Running;
using Migrations.Schema;

namespace Migrations;

/// <summary>
/// Keeps a file that holds the complete schema of the database, as SQL. It holds nothing that differs from run to run, and is not touched
/// while the schema is the same, so that it can be committed beside the migrations.
/// </summary>
/// <param name="context">The database and the folder.</param>
/// <param name="path">The file's full path; null: none is kept.</param>
internal sealed class SchemaFile(RunContext context, string? path)
{
    /// <summary>Refuses, before anything runs, a place where the file cannot be or would be taken for a migration.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>.</exception>
    public void DemandPlace()
    {
        if (path is null)
            return;
        var folder = Path.GetDirectoryName(path);
        if (Directory.Exists(path) || !Directory.Exists(folder))
            throw new MigrationException(
                ErrorId.UsageInvalid,
                Directory.Exists(path)
                    ? $"The schema file '{path}' is a folder."
                    : $"The schema file '{path}' cannot be there: the folder '{folder}' does not exist.",
                $"Name a file in an existing folder with {CallOption.SchemaFile}, for example schema.sql."
            );
        foreach (var file in (string[])[path, Temporary(path)])
        {
            if (RegularFile.OtherKind(file) is { } kind)
                throw new MigrationException(
                    ErrorId.UsageInvalid,
                    $"The schema file '{path}' cannot be there: '{file}' is {kind}.",
                    $"Name a file in an existing folder with {CallOption.SchemaFile}, for example schema.sql."
                );
        }

        ReplacedFile.Demand(path, "The schema file", begin: "");
        if (IsTakenForMigration(folder))
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"The schema file '{path}' would be read as a migration: in the migration folder only '{ExpectedSchema.FileName}' is not.",
                $"Call it '{ExpectedSchema.FileName}', or name another folder with {CallOption.SchemaFile}."
            );
    }

    /// <summary>Writes the file as the database is now, also when nothing was to be done.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.FileUnreadable"/>: it cannot be written; or the database refuses. What was
    /// applied stays applied.</exception>
    public async Task WriteAsync(IReadOnlyList<MigrationResult> results, CancellationToken cancellationToken)
    {
        if (path is null)
            return;
        try
        {
            Write(await ReadSchemaAsync(cancellationToken).ConfigureAwait(false), path);
        }
        catch (MigrationException e)
        {
            e.Applied = results;
            throw;
        }
    }

    private bool IsTakenForMigration(string folder) =>
        context.Source.Folder is { } migrations
        && string.Equals(
            Path.GetFullPath(folder),
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(migrations)),
            StringComparison.Ordinal
        )
        && string.Equals(Path.GetExtension(path), ".sql", StringComparison.OrdinalIgnoreCase)
        && !string.Equals(Path.GetFileName(path), ExpectedSchema.FileName, StringComparison.Ordinal);

    private async Task<string> ReadSchemaAsync(CancellationToken cancellationToken)
    {
        var session = await context.OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
            return SchemaScript.Write(await session.Inspector.ReadSchemaAsync(cancellationToken).ConfigureAwait(false));
    }

    private static string Temporary(string path) => path + ".tmp";

    /// <summary>Replaces the file as a whole; one that holds just this text keeps its time.</summary>
    private static void Write(string text, string path)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var temporary = Temporary(path);
        try
        {
            if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
                return;
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.FileUnreadable,
                $"The schema file '{path}' could not be written: {e.Message}",
                "Make the file and its folder writable, and run the command again: with nothing pending it only writes the file.",
                e
            );
        }
    }
}
