namespace Migrations;

/// <summary>A command to run.</summary>
/// <param name="Command">Its name as the command line spells it: <c>repair</c>.</param>
/// <param name="Operands">What follows it, in order; one in angle brackets is to be filled in.</param>
/// <param name="Options">Its options.</param>
public sealed record CommandCall(string Command, IReadOnlyList<string> Operands, IReadOnlyList<CommandOption> Options) : AdvicePart;
