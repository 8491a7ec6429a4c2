using System.Management.Automation;
using Migrations.Logging;

namespace Migrations.PowerShell;

/// <summary>
/// Writes, beside PowerShell's streams, what a build service reads in its log: to the host, as Write-Host does. What else goes to the
/// streams is made harmless; objects keep their text as it is.
/// </summary>
/// <param name="cmdlet">The cmdlet that writes.</param>
/// <param name="format">Whose log it is.</param>
internal sealed class AgentLog(PSCmdlet cmdlet, LogFormat format)
{
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    /// <summary>Text in which the service finds no command.</summary>
    public string Harmless(string text) => LogCommands.Harmless(format, text);

    /// <summary>Writes a warning.</summary>
    public void Warn(string message, ScriptLocation? location = null)
    {
        Write(LogCommands.Warning(format, message, location));
        cmdlet.Report(() => cmdlet.WriteWarning(Harmless(message)));
    }

    /// <summary>Writes a warning about what was found. A call reads its folder or a backup several times, and reports that once.</summary>
    public void WarnOnce(string message, ScriptLocation? location)
    {
        if (_said.Add(message))
            Warn(message, location);
    }

    /// <summary>Lists what is wrong in a script, for the service only.</summary>
    public void Issue(bool isError, string message, ScriptLocation location) =>
        Write(LogCommands.Issue(format, isError, message, location));

    /// <summary>A step has ended.</summary>
    public void Advanced(int percent, string message) => Write(LogCommands.Progress(format, percent, message));

    /// <summary>Something failed.</summary>
    /// <returns>The record as the host may show it.</returns>
    public ErrorRecord Failed(ErrorRecord record, Exception cause)
    {
        if (format is LogFormat.Text)
            return record;
        Write(LogCommands.Errors(format, cause));
        return new ErrorRecord(record, null)
        {
            ErrorDetails = new ErrorDetails(Harmless(record.ErrorDetails?.Message ?? record.Exception.Message))
            {
                RecommendedAction = Harmless(record.ErrorDetails?.RecommendedAction ?? ""),
            },
        };
    }

    private void Write(IEnumerable<string> lines)
    {
        foreach (var line in lines)
            cmdlet.WriteInformation(new HostInformationMessage { Message = line }, ["PSHOST"]);
    }
}
