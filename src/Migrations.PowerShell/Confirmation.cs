using System.Management.Automation;

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

    private static bool IsMediumAsked(PSCmdlet cmdlet) =>
        LanguagePrimitives.TryConvertTo<ConfirmImpact>(cmdlet.SessionState.PSVariable.GetValue("ConfirmPreference"), out var preference)
        && preference is ConfirmImpact.Low or ConfirmImpact.Medium;

    private static bool? Switch(PSCmdlet cmdlet, string name) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue(name, out var value) && value is SwitchParameter given ? given.IsPresent : null;
}
