namespace Migrations;

/// <summary>An option.</summary>
/// <param name="Name">Its name as the command line spells it, without dashes: <c>allow-out-of-order</c>.</param>
/// <param name="Value">Its value; null for a switch, and where the option as such is meant.</param>
public sealed record CommandOption(string Name, string? Value = null) : AdvicePart;
