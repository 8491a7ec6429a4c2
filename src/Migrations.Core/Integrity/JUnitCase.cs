namespace Migrations.Integrity;

/// <summary>A case of a JUnit file; neither failed nor skipped, it passed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Class">Its class: a name with dots.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record JUnitCase(string Name, string Class, TimeSpan Duration)
{
    /// <summary>Why it failed; null when it did not.</summary>
    public JUnitFailure? Failure { get; init; }

    /// <summary>Why it was not run; null when it was.</summary>
    public JUnitFailure? Skipped { get; init; }
}
