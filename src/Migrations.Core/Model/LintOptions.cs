namespace Migrations;

/// <summary>Which rules count, and whether what they find stops a run.</summary>
public sealed record LintOptions
{
    /// <summary>The ids of rules that are switched off; <c>*</c> for all.</summary>
    public IReadOnlyList<string> Off { get; init; } = [];

    /// <summary>Whether a run is refused when there is a finding; else each is a warning.</summary>
    public bool Strict { get; init; }

    /// <summary>Whether any rule counts.</summary>
    public bool HasAny => !Off.Contains("*", StringComparer.Ordinal);

    /// <summary>Whether a rule counts.</summary>
    public bool Has(string rule) => HasAny && !Off.Contains(rule, StringComparer.OrdinalIgnoreCase);
}
