using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Migrations.Planning;

/// <summary>What a rehearsal found about one migration's undo, as it is kept.</summary>
/// <param name="Checksum">SHA-256 over the checksums of both scripts: an edit of either makes the verdict void.</param>
/// <param name="UndoProven">Whether the undo is proven, for versions that know no more than that.</param>
/// <param name="RehearsedAt">When (UTC).</param>
/// <param name="Undo">What was found; null where an earlier version kept it.</param>
public sealed record RehearsalVerdict(
    string Checksum,
    bool UndoProven,
    DateTimeOffset RehearsedAt,
    [property: JsonConverter(typeof(JsonStringEnumConverter<UndoVerdict>))] UndoVerdict? Undo = null
)
{
    /// <summary>What was found. Earlier versions compared no values, so what they called proven is proven for the schema only.</summary>
    [JsonIgnore]
    public UndoVerdict Verdict => Undo ?? OfEarlier(UndoProven);

    /// <summary>The verdict to keep.</summary>
    public static RehearsalVerdict Of(Migration migration, UndoVerdict undo, DateTimeOffset rehearsedAt) =>
        new(ChecksumOf(migration), undo.IsProven() == true, rehearsedAt, undo);

    /// <summary>What a verdict of an earlier version says, which compared the schema alone.</summary>
    public static UndoVerdict OfEarlier(bool proven) => proven ? UndoVerdict.SchemaOnly : UndoVerdict.SchemaDiffers;

    /// <summary>The checksum of a migration's two scripts.</summary>
    public static string ChecksumOf(Migration migration) =>
        Convert
            .ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes($"{migration.Up.Checksum}:{migration.Down?.Checksum}")))
            .ToLowerInvariant();
}
