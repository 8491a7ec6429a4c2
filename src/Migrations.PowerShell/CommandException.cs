using System.Management.Automation;

namespace Migrations.PowerShell;

/// <summary>
/// What was given to a cmdlet cannot be used. Found before the engine is called; carries the error as PowerShell reports it.
/// </summary>
/// <param name="record">The error.</param>
internal sealed class CommandException(ErrorRecord record) : Exception(record.Exception.Message)
{
    /// <summary>The error.</summary>
    public ErrorRecord Record { get; } = record;
}
