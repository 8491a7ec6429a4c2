namespace Migrations.Tables;

/// <summary>A table to be copied.</summary>
public sealed record CopyTable
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its columns, in their order.</summary>
    public required IReadOnlyList<CopyColumn> Columns { get; init; }

    /// <summary>Its rows.</summary>
    public long Rows { get; init; }

    /// <summary>The columns of its primary key; empty without one.</summary>
    public IReadOnlyList<string> PrimaryKey { get; init; } = [];

    /// <summary>Its unique constraints.</summary>
    public IReadOnlyList<CopyKey> Keys { get; init; } = [];

    /// <summary>Its checks.</summary>
    public IReadOnlyList<CopyCheck> Checks { get; init; } = [];

    /// <summary>Its foreign keys.</summary>
    public IReadOnlyList<CopyForeignKey> ForeignKeys { get; init; } = [];

    /// <summary>Its indexes.</summary>
    public IReadOnlyList<CopyIndex> Indexes { get; init; } = [];

    /// <summary>The columns whose text is to be searched.</summary>
    public IReadOnlyList<string> FullTexts { get; init; } = [];

    /// <summary>The columns that hold values of their own.</summary>
    public IEnumerable<CopyColumn> Stored => Columns.Where(c => c.Generated is null);

    /// <summary>A column by its name.</summary>
    public CopyColumn Column(string name) => Columns.First(c => string.Equals(c.Name, name, StringComparison.Ordinal));
}

/// <summary>A unique constraint.</summary>
/// <param name="Name">Its name; null when it has none of its own.</param>
/// <param name="Columns">Its columns.</param>
public sealed record CopyKey(string? Name, IReadOnlyList<string> Columns);

/// <summary>A check.</summary>
/// <param name="Name">Its name; null when it has none of its own.</param>
/// <param name="Condition">What must hold.</param>
/// <param name="Text">As the source has it.</param>
public sealed record CopyCheck(string? Name, SqlExpression Condition, string Text);

/// <summary>A foreign key.</summary>
/// <param name="Name">Its name; null when it has none of its own.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Parent">The table that it points to.</param>
/// <param name="ParentColumns">The columns there.</param>
/// <param name="Actions">What follows when the parent changes, and when it is checked: <c>ON DELETE CASCADE</c>; empty for the
/// default.</param>
/// <param name="Text">As the source has it.</param>
public sealed record CopyForeignKey(
    string? Name,
    IReadOnlyList<string> Columns,
    string Parent,
    IReadOnlyList<string> ParentColumns,
    string Actions,
    string Text
);

/// <summary>An index.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsUnique">Whether it refuses duplicates.</param>
/// <param name="Parts">What it sorts by.</param>
/// <param name="Where">Which rows it covers; null for all.</param>
/// <param name="Text">As the source has it.</param>
public sealed record CopyIndex(string Name, bool IsUnique, IReadOnlyList<CopyIndexPart> Parts, SqlExpression? Where, string Text);

/// <summary>A part of an index.</summary>
/// <param name="Expression">The column or expression.</param>
/// <param name="IsDescending">Whether the highest comes first.</param>
public sealed record CopyIndexPart(SqlExpression Expression, bool IsDescending)
{
    /// <summary>Whether NULL counts as higher than every value, and not as lower; it is of no account in an index.</summary>
    public bool IsNullHighest { get; init; }
}
