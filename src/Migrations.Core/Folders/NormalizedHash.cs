using System.Security.Cryptography;

namespace Migrations.Folders;

/// <summary>
/// SHA-256 of a text with LF line ends: each CR LF counts as LF, so that a checkout on Windows has the same checksum. A CR that stands alone is a
/// character like any other.
/// </summary>
internal sealed class NormalizedHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _heldReturn;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        if (_heldReturn && bytes[0] != '\n')
            _hash.AppendData("\r"u8);
        _heldReturn = bytes[^1] == '\r';
        if (_heldReturn)
            bytes = bytes[..^1];
        for (int end; (end = bytes.IndexOf("\r\n"u8)) >= 0; bytes = bytes[(end + 1)..])
            _hash.AppendData(bytes[..end]);
        _hash.AppendData(bytes);
    }

    /// <summary>The hash of what was appended, in lower-case hexadecimal. The next one begins afresh.</summary>
    public string Finish()
    {
        if (_heldReturn)
            _hash.AppendData("\r"u8);
        _heldReturn = false;
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(digest);
        return Convert.ToHexString(digest).ToLowerInvariant();
    }

    /// <summary>Forgets what was appended.</summary>
    public void Reset() => Finish();

    public void Dispose() => _hash.Dispose();
}
