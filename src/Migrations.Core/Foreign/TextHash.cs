using System.Security.Cryptography;
using System.Text;

namespace Migrations.Foreign;

/// <summary>Hashes of texts as tools write them.</summary>
internal static class TextHash
{
    /// <summary>SHA-256 in small hexadecimal digits.</summary>
    public static string Sha256(string text) => Small(SHA256.HashData(Bytes(text)));

    /// <summary>SHA-384 in small hexadecimal digits.</summary>
    public static string Sha384(string text) => Small(SHA384.HashData(Bytes(text)));

    /// <summary>MD5 in small hexadecimal digits: what other tools use to notice edits, not for safety.</summary>
#pragma warning disable CA5351 // It is their rule.
    public static string Md5(string text) => Small(MD5.HashData(Bytes(text)));
#pragma warning restore CA5351

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Small(byte[] hash) => Convert.ToHexString(hash).ToLowerInvariant();
}
