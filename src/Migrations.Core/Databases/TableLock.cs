namespace Migrations.Databases;

/// <summary>A lock that a statement took on a table.</summary>
/// <param name="Table">The table.</param>
/// <param name="Mode">The engine's word, for example <c>ACCESS EXCLUSIVE</c>.</param>
/// <param name="Line">The line of the statement that took it first.</param>
/// <param name="Held">How long it was held, until the step's end.</param>
public sealed record TableLock(string Table, string Mode, int Line, TimeSpan Held);
