using System.Security.Cryptography;

namespace Migrations;

/// <summary>
/// SHA-256 of a text with LF line ends: each CR LF counts as LF, so that a checkout on Windows has the same checksum. A CR that stands
/// alone is a character like any other.
/// </summary>
internal sealed class NormalizedHash : IDisposable
{
    private const string Digits = "0123456789abcdef";

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _heldReturn;
    private bool _isBegun;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        _isBegun = true;
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
        _heldReturn = _isBegun = false;
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(digest);
        Span<char> text = stackalloc char[2 * SHA256.HashSizeInBytes];
        for (var i = 0; i < digest.Length; i++)
            (text[2 * i], text[(2 * i) + 1]) = (Digits[digest[i] >> 4], Digits[digest[i] & 15]);
        return new string(text);
    }

    /// <summary>Forgets what was appended.</summary>
    public void Reset()
    {
        if (_isBegun)
            Finish();
    }

    public void Dispose() => _hash.Dispose();
}
