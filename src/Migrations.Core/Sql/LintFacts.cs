namespace Migrations.Sql;

/// <summary>What a database knows of what its pending scripts change.</summary>
public sealed record LintFacts
{
    /// <summary>Nothing.</summary>
    public static LintFacts None { get; } = new();

    /// <summary>Its tables, as far as they were asked about.</summary>
    public IReadOnlyDictionary<string, LintTable> Tables { get; init; } = new Dictionary<string, LintTable>(StringComparer.Ordinal);

    /// <summary>The statements that define its objects, where the database keeps them.</summary>
    public IReadOnlyList<string> Definitions { get; init; } = [];
}
