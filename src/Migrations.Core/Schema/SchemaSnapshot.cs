using System.Security.Cryptography;
using System.Text;

namespace Migrations.Schema;

/// <summary>
/// The schema of a database as data: every object with its definition, in a fixed order. The engine's own history and lock tables are left
/// out.
/// </summary>
public sealed class SchemaSnapshot
{
    private readonly Lazy<string> _fingerprint;

    /// <summary>Puts objects into the fixed order.</summary>
    /// <param name="engine">The engine's name.</param>
    /// <param name="engineVersion">The engine's version.</param>
    /// <param name="objects">The objects, in any order.</param>
    public SchemaSnapshot(string engine, string engineVersion, IEnumerable<SchemaObject> objects)
    {
        Engine = engine;
        EngineVersion = engineVersion;
        Objects =
        [
            .. objects
                .OrderBy(o => o.Type)
                .ThenBy(o => o.Position == 0 ? o.Name : o.Table, StringComparer.Ordinal)
                .ThenBy(o => o.Position)
                .ThenBy(o => o.Name, StringComparer.Ordinal),
        ];
        _fingerprint = new Lazy<string>(ComputeFingerprint);
    }

    /// <summary>The engine's name.</summary>
    public string Engine { get; }

    /// <summary>The engine's version. Not part of the fingerprint.</summary>
    public string EngineVersion { get; }

    /// <summary>
    /// What a script of the whole schema begins with, so that its order need not be that of every dependency; empty for most engines.
    /// </summary>
    public string Preamble { get; init; } = "";

    /// <summary>Whether the engine refuses to drop what other objects use, so that these must go before it.</summary>
    public bool RefusesDropOfUsed { get; init; }

    /// <summary>The objects: by type, then by name, columns by their place in the table.</summary>
    public IReadOnlyList<SchemaObject> Objects { get; }

    /// <summary>
    /// SHA-256 over all objects but owners, grants and settings, in lower-case hexadecimal: the same for the same schema, whatever the
    /// order of
    /// creation, the white space, or the quoting of names.
    /// </summary>
    public string Fingerprint => _fingerprint.Value;

    private string ComputeFingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // A length before each part, so that no two lists of parts give the same bytes.
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var item in Objects.Where(o => o.Type is not (SchemaObjectType.Grant or SchemaObjectType.Setting)))
        {
            foreach (var part in (ReadOnlySpan<string>)[item.Type.ToString(), item.Name, item.Table ?? "", item.Definition])
            {
                var bytes = Encoding.UTF8.GetBytes(part);
                System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
                hash.AppendData(length);
                hash.AppendData(bytes);
            }
        }

        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }
}
