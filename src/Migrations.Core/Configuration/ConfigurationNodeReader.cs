using System.Text.Json;

namespace Migrations.Configuration;

/// <summary>
/// Reads JSON into nodes that know their line and column, because every error names them. Comments and trailing commas are allowed; a name
/// that occurs twice in one object is not, because programs differ in which of both counts
/// (<see href="https://www.rfc-editor.org/rfc/rfc8259#section-4"/>).
/// </summary>
internal ref struct ConfigurationNodeReader
{
    private const int MostDepth = 64;

    private static readonly JsonReaderOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = MostDepth,
    };

    private readonly string _file;
    private readonly ReadOnlySpan<byte> _text;
    private Utf8JsonReader _reader;
    private int _position;
    private int _line = 1;
    private int _column = 1;

    private ConfigurationNodeReader(string file, ReadOnlySpan<byte> text)
    {
        _file = file;
        _text = text;
        _reader = new Utf8JsonReader(text, Options);
    }

    /// <summary>Reads a whole text, which is valid UTF-8 without a byte order mark.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ConfigurationInvalid"/></exception>
    public static ConfigurationNode Read(string file, ReadOnlySpan<byte> text)
    {
        var reader = new ConfigurationNodeReader(file, text);
        try
        {
            reader.Next();
            var node = reader.ReadValue();
            // What stands behind the value is no JSON, and the reader says so.
            reader.Next();
            return node;
        }
        catch (JsonException e)
        {
            throw reader.Malformed(e);
        }
    }

    private void Next()
    {
        _ = _reader.Read();
    }

    private ConfigurationNode ReadValue()
    {
        var place = Place();
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(new ConfigurationNode(place, JsonValueKind.Object, ""));
            case JsonTokenType.StartArray:
                return ReadList(new ConfigurationNode(place, JsonValueKind.Array, ""));
            case JsonTokenType.String:
                return new ConfigurationNode(place, JsonValueKind.String, ReadText(place));
            case JsonTokenType.Number:
                return new ConfigurationNode(place, JsonValueKind.Number, System.Text.Encoding.UTF8.GetString(_reader.ValueSpan));
            case JsonTokenType.True:
                return new ConfigurationNode(place, JsonValueKind.True, "");
            case JsonTokenType.False:
                return new ConfigurationNode(place, JsonValueKind.False, "");
            default:
                return new ConfigurationNode(place, JsonValueKind.Null, "");
        }
    }

    private ConfigurationNode ReadObject(ConfigurationNode node)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        Next();
        while (_reader.TokenType != JsonTokenType.EndObject)
        {
            var place = Place();
            var name = ReadText(place);
            if (!names.Add(name))
                throw ConfigurationError.At(place, $"'{name}' occurs twice in this object.", $"Remove one of both.");
            Next();
            node.Members.Add(new ConfigurationMember(name, place, ReadValue()));
            Next();
        }

        return node;
    }

    private ConfigurationNode ReadList(ConfigurationNode node)
    {
        Next();
        while (_reader.TokenType != JsonTokenType.EndArray)
        {
            node.Items.Add(ReadValue());
            Next();
        }

        return node;
    }

    private readonly string ReadText(ScriptLocation place)
    {
        string text;
        try
        {
            text = _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw ConfigurationError.At(
                place,
                "The string has half of a surrogate pair.",
                "Write the whole character, or both halves of it."
            );
        }

        return text.Any(char.IsControl)
            ? throw ConfigurationError.At(place, "The string has a control character in it.", "Remove it; write \\\\ for a backslash.")
            : text;
    }

    private ScriptLocation Place() => PlaceAt((int)_reader.TokenStartIndex);

    // Positions only grow: each byte of the text is looked at once.
    private ScriptLocation PlaceAt(int position)
    {
        for (; _position < position; _position++)
        {
            var next = _text[_position];
            if (next == (byte)'\n')
                (_line, _column) = (_line + 1, 1);
            else if ((next & 0xC0) != 0x80) // Not the second or a later byte of a character.
                _column++;
        }

        return new ScriptLocation(_file, _line, _column);
    }

    // The reader's own words repeat what stands in the file, which may be a secret.
    private MigrationException Malformed(JsonException error)
    {
        var line = 0L;
        var position = 0;
        while (line < (error.LineNumber ?? 0) && position < _text.Length)
        {
            if (_text[position++] == (byte)'\n')
                line++;
        }

        var at = Math.Min(_text.Length, position + (int)(error.BytePositionInLine ?? 0));
        var place = new ConfigurationNodeReader(_file, _text).PlaceAt(at);
        // The depth of a bracket is that of what it stands in.
        if (_reader.CurrentDepth >= MostDepth - 1 && at < _text.Length && _text[at] is (byte)'{' or (byte)'[')
            return ConfigurationError.At(
                place,
                $"Objects and lists stand more than {MostDepth} deep in one another here.",
                "Remove what is too deep: no setting needs that."
            );
        return ConfigurationError.At(
            place,
            at >= _text.TrimEnd(" \t\r\n"u8).Length ? "The file ends before its last object does." : "This is not valid JSON.",
            "Check the commas, quotes and brackets before this place: names and strings stand in double quotes, "
                + "a backslash is written \\\\."
        );
    }
}
