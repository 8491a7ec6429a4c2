namespace Migrations.Linting;

/// <summary>A migration that follows.</summary>
/// <param name="What">What it is, for its name.</param>
/// <param name="Text">The text of its up script.</param>
internal sealed record StepFile(string What, string Text);
