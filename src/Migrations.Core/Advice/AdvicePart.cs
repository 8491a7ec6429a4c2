namespace Migrations;

/// <summary>A part of an advice: text, a command, or an option.</summary>
public abstract record AdvicePart;
