using System.Security.Cryptography;
using System.Text;

namespace Migrations.Integrity;

/// <summary>What a rehearsal found about one migration's undo, as it is kept.</summary>
/// <param name="Checksum">SHA-256 over the checksums of both scripts: an edit of either makes the verdict void.</param>
/// <param name="UndoProven">Whether the undo brought the schema back.</param>
/// <param name="RehearsedAt">When (UTC).</param>
public sealed record RehearsalVerdict(string Checksum, bool UndoProven, DateTimeOffset RehearsedAt)
{
    /// <summary>The checksum of a migration's two scripts.</summary>
    public static string ChecksumOf(Migration migration) =>
        Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes($"{migration.Up.Checksum}:{migration.Down?.Checksum}"))).ToLowerInvariant();
}
