using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Migrations.Folders;

namespace Migrations.Fleet;

/// <summary>Reads and writes what became of a call on many databases.</summary>
public static class FleetResultFile
{
    // For people's eyes too: names stay as they are.
    private static readonly FleetResultJson Json = new(
        new JsonSerializerOptions(FleetResultJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
    );

    /// <summary>Writes a result: it is there as a whole or not at all. An existing one, of an earlier call, is replaced.</summary>
    /// <param name="path">The file's full path; its folder is created when it is missing.</param>
    /// <param name="result">The result.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.DiskFailed"/>: it cannot be written.</exception>
    public static void Write(string path, FleetResult result)
    {
        ArgumentNullException.ThrowIfNull(path);
        var folder = Path.GetDirectoryName(path)!;
        try
        {
            Directory.CreateDirectory(folder);
            WholeFile.Write(path, file => JsonSerializer.Serialize(file, result, Json.FleetResult));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.DiskFailed,
                $"The result file '{path}' could not be written: {e.Message}",
                "Name a file in a folder that can be written. The databases are as reported.",
                e
            );
        }
    }

    /// <summary>Reads a result.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: it cannot be read, or is no result.</exception>
    public static FleetResult Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            RegularFile.Require(path);
            using var file = File.OpenRead(path);
            var result = JsonSerializer.Deserialize(file, Json.FleetResult);
            if (result is { ResultVersion: > FleetResult.CurrentVersion })
                throw Invalid(path, "it was written by a newer version of this tool");
            return result is not null && IsWhole(result) ? result : throw Invalid(path, "its contents are invalid");
        }
        catch (JsonException e)
        {
            throw Invalid(path, e.Message.TrimEnd('.'), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid(path, e.Message.TrimEnd('.'), e);
        }
    }

    // JSON that is well formed may still say null where there must be something, or a share that there is not.
    private static bool IsWhole(FleetResult result) =>
        result is { Command: not null, ListDigest: not null, Databases: not null, DurationMs: >= 0 }
        && result.Shard >= 1
        && result.Shard <= result.Shards
        && result.Databases.All(d => d is { Database: not null, DurationMs: >= 0 })
        && result.Databases.Count <= result.Listed;

    private static MigrationException Invalid(string path, string why, Exception? inner = null) =>
        new(
            ErrorId.UsageInvalid,
            $"'{path}' is no result of a call on many databases: {why}.",
            "Name the files that the calls wrote, and no others.",
            inner
        );
}

/// <summary>The JSON code of results, generated when this is compiled.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(FleetResult))]
internal sealed partial class FleetResultJson : JsonSerializerContext;
