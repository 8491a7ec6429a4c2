namespace Migrations.Logging;

/// <summary>An error or a warning, as a build service lists it.</summary>
/// <param name="IsError">Whether it is an error.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Location">Where; null when it has no place.</param>
/// <param name="Id">Which error; null without an id.</param>
internal sealed record LogIssue(bool IsError, string Message, ScriptLocation? Location = null, ErrorId? Id = null);
