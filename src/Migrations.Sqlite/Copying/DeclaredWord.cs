using System.Globalization;

namespace Migrations.Sqlite;

/// <summary>What a declared type makes SQLite do with values
/// (<see href="https://sqlite.org/datatype3.html#determination_of_column_affinity"/>).</summary>
internal enum Affinity
{
    Integer,
    Text,
    Blob,
    Real,
    Numeric,
}

/// <summary>What a declared type promises to people, beyond its affinity.</summary>
internal enum WordPromise
{
    /// <summary>Nothing.</summary>
    None,
    Boolean,
    Decimal,
    Day,
    Moment,
    Json,
    Uuid,
}

/// <summary>A declared type.</summary>
/// <param name="Type">The type in capitals.</param>
internal sealed record DeclaredWord(string Type)
{
    private static readonly string[] Decimals = ["DECIMAL", "NUMERIC", "MONEY", "DEC", "SMALLMONEY", "CURRENCY"];

    /// <summary>What SQLite does with values.</summary>
    public Affinity Affinity { get; } =
        Type.Contains("INT", StringComparison.Ordinal) ? Affinity.Integer
        : Contains(Type, "CHAR", "CLOB", "TEXT") ? Affinity.Text
        : Type.Length == 0 || Type is "ANY" || Contains(Type, "BLOB") ? Affinity.Blob
        : Contains(Type, "REAL", "FLOA", "DOUB") ? Affinity.Real
        : Affinity.Numeric;

    /// <summary>What it promises.</summary>
    public WordPromise Promise { get; } =
        (Type.IndexOf('(', StringComparison.Ordinal) is var at and >= 0 ? Type[..at].Trim() : Type) switch
        {
            "BOOLEAN" or "BOOL" => WordPromise.Boolean,
            "DATE" => WordPromise.Day,
            "DATETIME" or "TIMESTAMP" or "TIMESTAMPTZ" or "TIMESTAMP WITH TIME ZONE" or "TIMESTAMP WITHOUT TIME ZONE" => WordPromise.Moment,
            "JSON" or "JSONB" => WordPromise.Json,
            "UUID" or "GUID" or "UNIQUEIDENTIFIER" => WordPromise.Uuid,
            var word when Array.IndexOf(Decimals, word) >= 0 => WordPromise.Decimal,
            _ => WordPromise.None,
        };

    /// <summary>How many digits a decimal number may have; null where that is not said.</summary>
    public int? Precision => Digits is [var precision, ..] && precision is > 0 and <= 1000 && Scale <= precision ? precision : null;

    /// <summary>How many of them stand behind the point.</summary>
    public int Scale => Digits is [_, var scale, ..] ? Math.Max(0, scale) : 0;

    private int[] Digits { get; } =
        Array.Exists(Decimals, d => Type.StartsWith(d + "(", StringComparison.Ordinal)) && Type.EndsWith(')')
            ?
            [
                .. Type[(Type.IndexOf('(', StringComparison.Ordinal) + 1)..^1]
                    .Split(',')
                    .Select(d => int.TryParse(d, CultureInfo.InvariantCulture, out var number) ? number : 0),
            ]
            : [];

    private static bool Contains(string type, params string[] words) =>
        Array.Exists(words, w => type.Contains(w, StringComparison.Ordinal));
}
