namespace Migrations.Integrity;

/// <summary>How an expectation compares what it found with what it wants.</summary>
public enum CheckOperator
{
    /// <summary>The same.</summary>
    Equal,

    /// <summary>Not the same.</summary>
    NotEqual,

    /// <summary>Less.</summary>
    Less,

    /// <summary>Less, or the same.</summary>
    LessOrEqual,

    /// <summary>More.</summary>
    Greater,

    /// <summary>More, or the same.</summary>
    GreaterOrEqual,
}
