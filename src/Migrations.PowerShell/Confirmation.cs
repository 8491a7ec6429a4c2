using System.Management.Automation;
using System.Management.Automation.Host;

namespace Migrations.PowerShell;

/// <summary>
/// Whether what a cmdlet is about to do will be shown to somebody: by -WhatIf, -Confirm, -Verbose or the preference variables behind them.
/// </summary>
internal static class Confirmation
{
    /// <summary>Whether <c>ShouldProcess</c> will only say what it would do.</summary>
    public static bool IsWhatIf(this PSCmdlet cmdlet) =>
        Switch(cmdlet, "WhatIf") ?? cmdlet.SessionState.PSVariable.GetValue("WhatIfPreference") is true;

    /// <summary>Whether <c>ShouldProcess</c> will print or ask something.</summary>
    public static bool IsPlanShown(this PSCmdlet cmdlet) => cmdlet.IsPrompted() || Switch(cmdlet, "Verbose") == true;

    /// <summary>Whether <c>ShouldProcess</c> will say what it would do, or ask.</summary>
    public static bool IsPrompted(this PSCmdlet cmdlet) => cmdlet.IsWhatIf() || (Switch(cmdlet, "Confirm") ?? ConfirmsMediumImpact(cmdlet));

    /// <summary>Whether the caller has already said whether to be asked: with <c>-Confirm</c>, in either way.</summary>
    public static bool IsConfirmSaid(this PSCmdlet cmdlet) => Switch(cmdlet, "Confirm") is not null;

    /// <summary>Whether the caller has said not to be asked: with <c>-Confirm:$false</c>.</summary>
    public static bool IsConfirmOff(this PSCmdlet cmdlet) => Switch(cmdlet, "Confirm") == false;

    /// <summary>
    /// Whether something irreversible may be done: asks through <c>ShouldProcess</c>, unless it is forced. <c>-WhatIf</c> always prints.
    /// </summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ConfirmationRequired"/>: no one can be asked.</exception>
    public static bool MayDo(this PSCmdlet cmdlet, bool force, string target, string action)
    {
        if (force && !cmdlet.IsConfirmSaid() && !cmdlet.IsWhatIf())
            return true;
        if (cmdlet.IsNeverAsked())
            return cmdlet.ShouldProcess(target, action);
        return cmdlet.Ask(
            () => cmdlet.ShouldProcess(target, action),
            e => Required($"'{action}' for {target} requires confirmation, but the session is not interactive.", e)
        );
    }

    /// <summary>Asks a question. Where no one can be asked, a host throws one of three kinds of exceptions, by its own making.</summary>
    /// <param name="cmdlet">The cmdlet that asks.</param>
    /// <param name="question">The question, with <c>ShouldProcess</c> or <c>ShouldContinue</c>.</param>
    /// <param name="unasked">The error where no one can be asked.</param>
    public static bool Ask(this PSCmdlet cmdlet, Func<bool> question, Func<Exception, MigrationException> unasked)
    {
        try
        {
            // Other hosts have a way of their own to ask.
            if (cmdlet.Host.Name is "ConsoleHost" && StandardInput.IsOwnPipe())
                throw new HostException("Standard input is closed.");
            return question();
        }
        catch (Exception e) when (IsUnaskable(e) || e is NullReferenceException)
        {
            // The console's own prompt fails with the latter when its input has ended, as with an input from /dev/null.
            throw unasked(e);
        }
    }

    /// <summary>
    /// Writes a message. With <c>-Debug</c> PowerShell asks about each that it shows; where no one can be asked, they have been shown, and
    /// the call goes on.
    /// </summary>
    public static void Report(this PSCmdlet cmdlet, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (IsUnaskable(e) && Switch(cmdlet, "Debug") == true) { }
    }

    /// <summary>Whether it is what a host throws where no one can be asked.</summary>
    public static bool IsUnaskable(Exception error) => error is PSInvalidOperationException or HostException or NotImplementedException;

    /// <summary>The error for a question that could be put to no one.</summary>
    public static MigrationException Required(string message, Exception inner) =>
        new(
            ErrorId.ConfirmationRequired,
            message,
            "See what would be done with -WhatIf, and run it with -Force or -Confirm:$false.",
            inner
        );

    /// <summary>Whether <c>ShouldProcess</c> asks nothing: -WhatIf only prints, and -Confirm:$false and the preference None say not
    /// to.</summary>
    private static bool IsNeverAsked(this PSCmdlet cmdlet) =>
        cmdlet.IsWhatIf() || cmdlet.IsConfirmOff() || (!cmdlet.IsConfirmSaid() && Preference(cmdlet) is ConfirmImpact.None);

    private static bool ConfirmsMediumImpact(PSCmdlet cmdlet) => Preference(cmdlet) is ConfirmImpact.Low or ConfirmImpact.Medium;

    private static ConfirmImpact? Preference(PSCmdlet cmdlet) =>
        LanguagePrimitives.TryConvertTo<ConfirmImpact>(cmdlet.SessionState.PSVariable.GetValue("ConfirmPreference"), out var preference)
            ? preference
            : null;

    private static bool? Switch(PSCmdlet cmdlet, string name) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue(name, out var value) && value is SwitchParameter given ? given.IsPresent : null;
}
