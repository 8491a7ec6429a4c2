namespace Migrations.Integrity;

/// <summary>A check that a file of <c>checks/</c> declares.</summary>
public sealed record DeclaredCheck
{
    /// <summary>Its name: what <c>-- check:</c> says, else the file's name without extension.</summary>
    public required string Name { get; init; }

    /// <summary>Where it begins.</summary>
    public required ScriptLocation Location { get; init; }

    /// <summary>The statements.</summary>
    public required string Sql { get; init; }

    /// <summary>What is requested of the last one, or of the first that the database refuses.</summary>
    public required CheckExpectation Expectation { get; init; }

    /// <summary>
    /// What it counts as when it is not met: <see cref="CheckStatus.Fail"/>, or <see cref="CheckStatus.Warn"/> with <c>-- severity:
    /// warn</c>.
    /// </summary>
    public CheckStatus Severity { get; init; } = CheckStatus.Fail;

    /// <summary>The longest that it may take; null: the call's limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The environments in which it is asked; empty: in all.</summary>
    public IReadOnlyList<string> Environments { get; init; } = [];

    /// <summary>Whether it is asked in an environment; null when none is named.</summary>
    public bool IsFor(string? environment) =>
        Environments.Count == 0 || (environment is not null && Environments.Contains(environment, StringComparer.OrdinalIgnoreCase));

    /// <summary>What to do when it is not met, from <c>-- recommend:</c>.</summary>
    public string? Recommendation { get; init; }
}
