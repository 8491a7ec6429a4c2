using System.Text.Json;
using Migrations.Folders;

namespace Migrations.Planning;

/// <summary>The file beside the migrations that keeps the verdicts of rehearsals, to be committed with them.</summary>
public static class RehearsalVerdicts
{
    /// <summary>The file's name.</summary>
    public const string FileName = "rehearsals.json";

    /// <summary>Reads the verdicts of a folder, by the migration's full name. No file gives none.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.FileUnreadable"/>: the file cannot be read or is malformed.</exception>
    public static IReadOnlyDictionary<string, RehearsalVerdict> Read(string migrationFolder)
    {
        var file = Path.Combine(migrationFolder, FileName);
        if (!File.Exists(file))
            return new Dictionary<string, RehearsalVerdict>(StringComparer.Ordinal);
        try
        {
            RegularFile.Require(file);
            using var stream = File.OpenRead(file);
            return JsonSerializer.Deserialize(stream, RehearsalJson.Default.SortedDictionaryStringRehearsalVerdict)
                ?? throw new JsonException("The file contains no JSON object.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new MigrationException(
                ErrorId.FileUnreadable,
                $"The verdicts of rehearsals in '{file}' cannot be read: {e.Message}",
                $"Delete the file, and rehearse again: {Call.Test.With(CallOption.All)}",
                e
            );
        }
    }

    /// <summary>
    /// Adds verdicts to those that the folder keeps. The file is replaced as a whole, in a fixed order, so that it can be compared and
    /// merged.
    /// </summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.FileUnreadable"/>: the file cannot be read or written.</exception>
    public static void Write(string migrationFolder, IEnumerable<KeyValuePair<string, RehearsalVerdict>> verdicts)
    {
        var all = new SortedDictionary<string, RehearsalVerdict>(StringComparer.Ordinal);
        foreach (var (name, verdict) in Read(migrationFolder).Concat(verdicts))
            all[name] = verdict;
        var file = Path.Combine(migrationFolder, FileName);
        var temporary = file + ".tmp";
        try
        {
            File.WriteAllText(
                temporary,
                JsonSerializer.Serialize(all, RehearsalJson.Default.SortedDictionaryStringRehearsalVerdict) + "\n"
            );
            File.Move(temporary, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.FileUnreadable,
                $"The verdicts could not be written to '{file}': {e.Message}",
                $"Make the folder writable; or keep them in the history: {Call.Test.With(CallOption.Record)}",
                e
            );
        }
    }
}
