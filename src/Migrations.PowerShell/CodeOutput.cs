using System.Collections;
using System.Management.Automation;
using Migrations.History;

namespace Migrations.PowerShell;

/// <summary>Hands on what code writes, without secrets: each record to the stream it was written to, and all else to the verbose stream.
/// Must be used on the pipeline's thread.</summary>
/// <param name="cmdlet">The cmdlet whose code it is.</param>
internal sealed class CodeOutput(PSCmdlet cmdlet)
{
    // Such a record comes only where it was to be shown, whatever the cmdlet's own preference is.
    private static readonly ScriptBlock ShowVerbose = ScriptBlock.Create(@"Microsoft.PowerShell.Utility\Write-Verbose $args[0] -Verbose");
    private static readonly ScriptBlock ShowDebug = ScriptBlock.Create(@"Microsoft.PowerShell.Utility\Write-Debug $args[0] -Debug");

    private readonly object? _newest = Errors(cmdlet) is [var first, ..] ? first : null;

    /// <summary>Hands on what the code wrote.</summary>
    public void Write(object? item)
    {
        switch (item is PSObject wrapped ? wrapped.BaseObject : item)
        {
            case WarningRecord warning:
                var warned = ScriptRedaction.Hide(warning.Message);
                cmdlet.Report(() => cmdlet.WriteWarning(warned));
                break;
            case VerboseRecord verbose:
                _ = ShowVerbose.Invoke(ScriptRedaction.Hide(verbose.Message));
                break;
            case DebugRecord debug:
                _ = ShowDebug.Invoke(ScriptRedaction.Hide(debug.Message));
                break;
            case InformationRecord information:
                var informed = Hidden(information);
                cmdlet.Report(() => cmdlet.WriteInformation(informed));
                break;
            default:
                var said = ScriptRedaction.Hide(LanguagePrimitives.ConvertTo<string>(item));
                cmdlet.Report(() => cmdlet.WriteVerbose(said));
                break;
        }
    }

    /// <summary>Takes out of <c>$Error</c> what says a secret and came there since this was made.</summary>
    public void ForgetErrors()
    {
        var errors = Errors(cmdlet);
        for (var i = 0; i < errors.Count && !ReferenceEquals(errors[i], _newest); )
        {
            if (Says(errors[i]))
                errors.RemoveAt(i);
            else
                i++;
        }
    }

    private static bool Says(object? error)
    {
        var record = error as ErrorRecord ?? (error as IContainsErrorRecord)?.ErrorRecord;
        var words = record?.ToString() ?? "";
        return !string.Equals(ScriptRedaction.Hide(words), words, StringComparison.Ordinal)
            || ((error as Exception ?? record?.Exception) is { } cause && ScriptRedaction.Says(cause));
    }

    private static InformationRecord Hidden(InformationRecord record)
    {
        var text = LanguagePrimitives.ConvertTo<string>(record.MessageData);
        var hidden = ScriptRedaction.Hide(text);
        if (string.Equals(hidden, text, StringComparison.Ordinal))
            return record;
        var host = (record.MessageData is PSObject wrapped ? wrapped.BaseObject : record.MessageData) as HostInformationMessage;
        object data = host is null
            ? hidden
            : new HostInformationMessage
            {
                Message = hidden,
                NoNewLine = host.NoNewLine,
                ForegroundColor = host.ForegroundColor,
                BackgroundColor = host.BackgroundColor,
            };
        var result = new InformationRecord(data, record.Source) { TimeGenerated = record.TimeGenerated };
        result.Tags.AddRange(record.Tags);
        return result;
    }

    private static ArrayList Errors(PSCmdlet cmdlet) => cmdlet.SessionState.PSVariable.GetValue("global:Error") as ArrayList ?? [];
}
