namespace Migrations;

/// <summary>Text that every face shows as it is.</summary>
/// <param name="Text">The text.</param>
public sealed record AdviceText(string Text) : AdvicePart;
