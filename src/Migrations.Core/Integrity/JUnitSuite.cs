namespace Migrations.Integrity;

/// <summary>A suite of a JUnit file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Cases">Its cases.</param>
/// <param name="Output">What else is to be read about it.</param>
internal sealed record JUnitSuite(string Name, IReadOnlyList<JUnitCase> Cases, string Output);
