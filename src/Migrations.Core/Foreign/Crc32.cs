using System.Text;

namespace Migrations.Foreign;

/// <summary>CRC-32 as zip files have it (<see href="https://www.w3.org/TR/png/#D-CRCAppendix"/>), over the UTF-8 bytes of texts.</summary>
internal sealed class Crc32
{
    private uint _state = uint.MaxValue;

    /// <summary>The checksum of all that was added.</summary>
    public uint Value => ~_state;

    /// <summary>The checksum of one text.</summary>
    public static uint Of(string text)
    {
        var crc = new Crc32();
        crc.Add(text);
        return crc.Value;
    }

    /// <summary>Adds a text.</summary>
    public void Add(string text)
    {
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            _state ^= value;
            for (var bit = 0; bit < 8; bit++)
                _state = (_state & 1) == 0 ? _state >> 1 : (_state >> 1) ^ 0xEDB88320;
        }
    }
}
