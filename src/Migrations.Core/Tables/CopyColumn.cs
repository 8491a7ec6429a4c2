namespace Migrations.Tables;

/// <summary>A column to be copied, with the type that was chosen for it.</summary>
public sealed record CopyColumn
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The type as the source declares it; empty when it declares none.</summary>
    public string Declared { get; init; } = "";

    /// <summary>The type that holds every value unchanged.</summary>
    public required ColumnType Type { get; init; }

    /// <summary>Why this type, in a sentence.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What is stored in it, by class: <c>integer 12, NULL 3</c>.</summary>
    public string Values { get; init; } = "";

    /// <summary>Values that the type writes in another way than they are stored, by the choice of the caller or of the mapping.</summary>
    public long Converted { get; init; }

    /// <summary>Whether NULL is refused.</summary>
    public bool NotNull { get; init; }

    /// <summary>Whether text is compared without regard to the case of ASCII letters.</summary>
    public bool IgnoresCase { get; init; }

    /// <summary>The text of the default, or of the expression that computes it, as the source has it; null without.</summary>
    public string? Text { get; init; }

    /// <summary>The default; null without one, or where it does not translate.</summary>
    public SqlExpression? Default { get; init; }

    /// <summary>The expression that computes it; null for a column that holds its own values.</summary>
    public SqlExpression? Generated { get; init; }

    /// <summary>Whether the database numbers its rows by it.</summary>
    public bool IsIdentity { get; init; }

    /// <summary>The highest number that was ever given out, or is stored; 0 where no row has one.</summary>
    public long HighestId { get; init; }
}
