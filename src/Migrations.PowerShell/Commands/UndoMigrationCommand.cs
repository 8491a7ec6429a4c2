using System.Management.Automation;
using Migrations.Planning;

namespace Migrations.PowerShell.Commands;

/// <summary>Undoes the last migration, or as many as asked for.</summary>
[Cmdlet(VerbsCommon.Undo, "Migration", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(MigrationResult))]
public sealed class UndoMigrationCommand : RunCommand
{
    /// <summary>This migration, which must be the last applied one: a version, a semantic version or a name.</summary>
    [Parameter]
    public string? Name { get; set; }

    /// <summary>Everything after this one; <c>0</c> undoes all.</summary>
    [Parameter]
    public string? To { get; set; }

    /// <summary>The last so many.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Last { get; set; }

    /// <summary>All.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>Does not ask before more than one is undone.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override Task<MigrationPlan> PlanAsync(Migrator migrator, IReadOnlyList<string>? only, CancellationToken cancellationToken) =>
        migrator.PlanUndoAsync(Request(only), cancellationToken);

    private protected override Task<IReadOnlyList<MigrationResult>> RunAsync(Migrator migrator, IReadOnlyList<string>? only, CancellationToken cancellationToken) =>
        migrator.UndoAsync(Request(only), cancellationToken);

    private protected override bool MayRun(DatabaseTarget target, MigrationPlan plan)
    {
        var isConfirmOff = MyInvocation.BoundParameters.TryGetValue("Confirm", out var confirm) && confirm is SwitchParameter { IsPresent: false };
        if (plan.Steps.Count < 2 || Force || isConfirmOff)
            return true;
        try
        {
            return ShouldContinue($"Undo these {plan.Steps.Count} migrations of {target.Display}: {string.Join(", ", plan.Steps.Select(s => s.Migration))}?", "Undo more than one migration");
        }
        catch (Exception e) when (e is PSInvalidOperationException or System.Management.Automation.Host.HostException)
        {
            throw new MigrationException(
                ErrorId.ConfirmationRequired,
                $"Undoing {plan.Steps.Count} migrations of {target.Display} needs a confirmation, and nobody can be asked.",
                "See what would be undone with -WhatIf, and run it with -Force or -Confirm:$false.",
                e);
        }
    }

    private UndoRequest Request(IReadOnlyList<string>? only) => new()
    {
        Name = Name,
        To = To,
        Last = Last,
        All = All.IsPresent,
        Only = only,
        TransactionMode = TransactionMode,
        SkipChecksum = SkipChecksum.IsPresent,
    };
}
