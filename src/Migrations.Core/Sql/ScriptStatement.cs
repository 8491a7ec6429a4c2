namespace Migrations.Sql;

/// <summary>One statement of a script.</summary>
/// <param name="Index">Its place among the script's statements, from 0.</param>
/// <param name="Text">Its text without the closing semicolon and without comments before it.</param>
/// <param name="Location">Where it begins.</param>
public sealed record ScriptStatement(int Index, string Text, ScriptLocation Location);
