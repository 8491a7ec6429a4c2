namespace Migrations.Tables;

/// <summary>What kind of values a column holds, in the words of no engine.</summary>
public enum ColumnKind
{
    /// <summary>Whole numbers of 64 bits.</summary>
    Integer,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Floating-point numbers of 64 bits.</summary>
    Real,

    /// <summary>Exact decimal numbers.</summary>
    Decimal,

    /// <summary>Text.</summary>
    Text,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>A day.</summary>
    Date,

    /// <summary>A day and a time, as a wall clock shows it.</summary>
    Timestamp,

    /// <summary>An instant.</summary>
    TimestampWithZone,

    /// <summary>JSON, as the text that was stored.</summary>
    Json,

    /// <summary>A UUID.</summary>
    Uuid,

    /// <summary>Values of any kind, each as it is stored.</summary>
    Any,
}
