namespace Migrations.Sql;

/// <summary>A table as a database has it.</summary>
/// <param name="Name">Its name, as the rules of the database know it.</param>
public sealed record LintTable(string Name)
{
    // Read in less time than anyone waits for.
    private const long SmallRows = 10_000;
    private const long SmallBytes = 8 * 1024 * 1024;

    /// <summary>About how many rows it has; null where that is not known.</summary>
    public long? Rows { get; init; }

    /// <summary>How large it is on disk, in bytes; null where that is not known.</summary>
    public long? Bytes { get; init; }

    /// <summary>Whether it is partitioned.</summary>
    public bool IsPartitioned { get; init; }

    /// <summary>Its columns with their types, as the database writes them.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Columns that cannot be null, by their own constraint or by a valid CHECK.</summary>
    public IReadOnlySet<string> NotNull { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Whether it has no row.</summary>
    public bool IsEmpty => Rows == 0;

    /// <summary>Whether all its rows are read or written at once.</summary>
    public bool IsSmall => IsEmpty || (Rows is null ? Bytes <= SmallBytes : Rows <= SmallRows && Bytes is null or <= SmallBytes);
}
