namespace Migrations.Folders;

/// <summary>A function at the top level of a PowerShell file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Start">Where the word <c>function</c> begins, in characters.</param>
/// <param name="End">Behind its closing brace.</param>
/// <param name="Line">The line on which it begins, from 1.</param>
internal sealed record PowerShellFunction(string Name, int Start, int End, int Line);
