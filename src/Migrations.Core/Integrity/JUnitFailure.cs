namespace Migrations.Integrity;

/// <summary>Why a case of a JUnit file did not pass.</summary>
/// <param name="Type">What kind of failure it is; null where it was not run.</param>
/// <param name="Message">Why, in a sentence.</param>
/// <param name="Details">What else is known.</param>
internal sealed record JUnitFailure(string? Type, string Message, string Details);
