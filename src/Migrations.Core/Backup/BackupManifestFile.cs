using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Migrations.Folders;

namespace Migrations.Backup;

/// <summary>Reads and writes manifests.</summary>
internal static class BackupManifestFile
{
    public const string Suffix = ".manifest.json";

    // For people's eyes too: names of tables stay as they are.
    private static readonly BackupManifestJson Json = new(
        new JsonSerializerOptions(BackupManifestJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
    );

    /// <summary>The manifest's path of a backup.</summary>
    public static string PathOf(string backup) => backup + Suffix;

    /// <summary>Reads a manifest.</summary>
    /// <returns>The manifest, or why it cannot be used, as the end of a sentence that begins with "Its manifest".</returns>
    public static (BackupManifest? Manifest, string? Problem) Read(string path)
    {
        try
        {
            RegularFile.Require(path);
            using var file = File.OpenRead(path);
            var manifest = JsonSerializer.Deserialize(file, Json.BackupManifest);
            return manifest switch
            {
                null => (null, "is empty"),
                { ManifestVersion: > BackupManifest.CurrentVersion } => (null, "was written by a newer version of this tool"),
                _ when !IsWhole(manifest) => (null, "is damaged: it has invalid contents"),
                _ => (manifest, null),
            };
        }
        catch (JsonException e)
        {
            return (null, $"is damaged: {e.Message.TrimEnd('.')}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"cannot be read: {e.Message.TrimEnd('.')}");
        }
    }

    // JSON that is well formed may still say null, a length of time that there is not, or a table twice.
    private static bool IsWhole(BackupManifest manifest) =>
        manifest is { File: not null, Database: not null, Engine: not null, Sha256: not null }
        && manifest is { SchemaFingerprint: not null, HistoryTable: not null, Tables: not null }
        && Math.Abs(manifest.DurationMs) < TimeSpan.MaxValue.TotalMilliseconds
        && manifest.Tables.All(t => t?.Table is not null)
        && manifest.UnseenCode?.All(name => name is not null) != false
        && manifest.Faults?.All(f => f is { Kind: not null, Object: not null, Detail: not null }) != false
        && manifest.Tables.DistinctBy(t => t.Table, StringComparer.Ordinal).Count() == manifest.Tables.Count;

    /// <summary>
    /// Writes a manifest under another name, flushes it, and renames it: it is there as a whole or not at all. Its folder is flushed too,
    /// and with it the name of the backup: what is said to be backed up is not lost with the power, nor its predecessors deleted for
    /// nothing.
    /// </summary>
    /// <exception cref="MigrationException">The folder cannot be written, or the disk is full.</exception>
    public static void Write(string path, BackupManifest manifest)
    {
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            using (var file = OwnerOnly.CreateFile(partial))
            {
                JsonSerializer.Serialize(file, manifest, Json.BackupManifest);
                file.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
            DiskFlush.FlushFolder(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            FolderAccess.TryDelete(partial);
            throw FolderAccess.Failed(e, Path.GetDirectoryName(path)!);
        }
    }
}

/// <summary>The JSON code of manifests, generated when this is compiled.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupManifestJson : JsonSerializerContext;
