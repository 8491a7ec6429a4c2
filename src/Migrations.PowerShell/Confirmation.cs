using System.Management.Automation;
using System.Management.Automation.Host;

namespace Migrations.PowerShell;

/// <summary>Whether what a cmdlet is about to do will be shown to somebody: by -WhatIf, -Confirm, -Verbose or the preference variables behind them.</summary>
internal static class Confirmation
{
    /// <summary>Whether <c>ShouldProcess</c> will only tell what it would do.</summary>
    public static bool IsWhatIf(this PSCmdlet cmdlet) => Switch(cmdlet, "WhatIf") ?? cmdlet.SessionState.PSVariable.GetValue("WhatIfPreference") is true;

    /// <summary>Whether <c>ShouldProcess</c> will tell or ask.</summary>
    public static bool IsPlanShown(this PSCmdlet cmdlet) => cmdlet.IsWhatIf() || Switch(cmdlet, "Verbose") == true || (Switch(cmdlet, "Confirm") ?? IsMediumAsked(cmdlet));

    /// <summary>Whether the caller has already said whether to be asked: with <c>-Confirm</c>, in either way.</summary>
    public static bool IsConfirmSaid(this PSCmdlet cmdlet) => Switch(cmdlet, "Confirm") is not null;

    /// <summary>Whether something that cannot be taken back may be done: asks by <c>ShouldProcess</c>, unless it is forced. <c>-WhatIf</c> tells in any case.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ConfirmationRequired"/>: nobody can be asked.</exception>
    public static bool MayDo(this PSCmdlet cmdlet, bool force, string target, string action)
    {
        if (force && !cmdlet.IsConfirmSaid() && !cmdlet.IsWhatIf())
            return true;
        try
        {
            return cmdlet.ShouldProcess(target, action);
        }
        catch (Exception e) when (e is PSInvalidOperationException or HostException or NotImplementedException)
        {
            throw new MigrationException(
                ErrorId.ConfirmationRequired,
                $"'{action}' needs a confirmation for {target}, and nobody can be asked.",
                "See what would be done with -WhatIf, and run it with -Force or -Confirm:$false.",
                e);
        }
    }

    private static bool IsMediumAsked(PSCmdlet cmdlet) =>
        LanguagePrimitives.TryConvertTo<ConfirmImpact>(cmdlet.SessionState.PSVariable.GetValue("ConfirmPreference"), out var preference)
        && preference is ConfirmImpact.Low or ConfirmImpact.Medium;

    private static bool? Switch(PSCmdlet cmdlet, string name) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue(name, out var value) && value is SwitchParameter given ? given.IsPresent : null;
}
