namespace Migrations.PostgreSql;

/// <summary>A column as CREATE TABLE or ADD COLUMN define it, as far as rules ask.</summary>
internal sealed class ColumnDefinition
{
    private static readonly HashSet<string> Constraints = new(StringComparer.Ordinal)
    {
        "NOT",
        "NULL",
        "DEFAULT",
        "GENERATED",
        "UNIQUE",
        "PRIMARY",
        "REFERENCES",
        "CHECK",
        "CONSTRAINT",
        "COLLATE",
        "DEFERRABLE",
        "INITIALLY",
        "STORAGE",
        "COMPRESSION",
    };

    private readonly StatementWords _words;
    private readonly Dictionary<string, (int Start, int End)> _parts = new(StringComparer.Ordinal);

    private ColumnDefinition(StatementWords words, int start, int end)
    {
        (_words, Start, End) = (words, start, end);
        var at = start + 1;
        var typeEnd = Skip(at, end);
        Type = StoredType.Normal(words.TextOf(at, typeEnd));
        WrittenType = words.LineOf(at, typeEnd);
        for (at = typeEnd; at < end; )
        {
            var partEnd = Skip(at + 1, end);
            // DEFAULT NULL and NOT NULL, whose second word begins nothing.
            if (words[at] is "DEFAULT" or "NOT" && partEnd == at + 1)
                partEnd = Skip(at + 2, end);
            _parts.TryAdd(words[at], (at, partEnd));
            at = partEnd;
        }
    }

    /// <summary>Its first word.</summary>
    public int Start { get; }

    /// <summary>The word behind its last.</summary>
    public int End { get; }

    /// <summary>Its name, as the server keeps it.</summary>
    public string Name => SqlNames.Plain(_words[Start]);

    /// <summary>Its name, as written.</summary>
    public string WrittenName => _words.TextOf(Start, Start + 1);

    /// <summary>Its type, as the server writes it.</summary>
    public string Type { get; }

    /// <summary>Its type, as written.</summary>
    public string WrittenType { get; }

    /// <summary>All of it, as written.</summary>
    public string Text => _words.LineOf(Start, End);

    /// <summary>Whether it says NOT NULL, or is part of a primary key.</summary>
    public bool IsNotNull => _parts.ContainsKey("NOT") || IsPrimaryKey;

    /// <summary>Whether it is the primary key.</summary>
    public bool IsPrimaryKey => _parts.ContainsKey("PRIMARY");

    /// <summary>Whether its values are unique.</summary>
    public bool IsUnique => _parts.ContainsKey("UNIQUE");

    /// <summary>Whether it has a default that is not NULL.</summary>
    public bool HasDefault =>
        _parts.TryGetValue("DEFAULT", out var part) && !(part.End == part.Start + 2 && _words[part.Start + 1] is "NULL");

    /// <summary>Whether a value of it comes from a sequence: serial, or an identity.</summary>
    public bool IsNumbered => StoredType.IsSerial(Type) || (_parts.TryGetValue("GENERATED", out var part) && Has(part, "IDENTITY"));

    /// <summary>Whether its value is computed and stored.</summary>
    public bool IsComputed => _parts.TryGetValue("GENERATED", out var part) && Has(part, "STORED");

    /// <summary>The words of its default; null without one.</summary>
    public (int Start, int End)? Default => _parts.TryGetValue("DEFAULT", out var part) ? (part.Start + 1, part.End) : null;

    /// <summary>A constraint of it, as written; null without one.</summary>
    /// <param name="word">Its first word.</param>
    public string? Part(string word) => _parts.TryGetValue(word, out var part) ? _words.LineOf(part.Start, part.End) : null;

    /// <summary>It without some constraints, as written.</summary>
    public string Without(params string[] words)
    {
        var kept = _parts
            .Where(p => !words.Contains(p.Key, StringComparer.Ordinal) && p.Key is not "CONSTRAINT")
            .OrderBy(p => p.Value.Start);
        return string.Join(' ', [WrittenName, WrittenType, .. kept.Select(p => _words.LineOf(p.Value.Start, p.Value.End))]);
    }

    /// <summary>Reads one.</summary>
    public static ColumnDefinition Read(StatementWords words, int start, int end) => new(words, start, end);

    private bool Has((int Start, int End) part, string word)
    {
        for (var at = part.Start; at < part.End; at++)
        {
            if (string.Equals(_words[at], word, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    // Up to the next word outside parentheses that begins a constraint.
    private int Skip(int at, int end)
    {
        for (var depth = 0; at < end; at++)
        {
            depth +=
                _words[at] is "(" or "[" ? 1
                : _words[at] is ")" or "]" ? -1
                : 0;
            if (depth == 0 && Constraints.Contains(_words[at]))
                break;
        }

        return Math.Min(at, end);
    }
}
