using System.Management.Automation;
using Migrations.Planning;

namespace Migrations.PowerShell.Commands;

/// <summary>Rolls back the last migration, or several.</summary>
/// <remarks>
/// Newest first, each with its down script, committed together with its history row. When more than one may be undone it asks, unless
/// <c>-Force</c> or <c>-Confirm:$false</c> is given; where no one can be asked that is an error. The result of each is written as soon as
/// it is committed.
/// </remarks>
/// <example>
/// <code>Undo-Migration -Database shop.db -Path ./migrations</code>
/// <para>Rolls back the last applied migration.</para>
/// </example>
/// <example>
/// <code>Undo-Migration -Database shop.db -Path ./migrations -To 003 -Force</code>
/// <para>Rolls back everything after 003, without asking.</para>
/// </example>
/// <example>
/// <code>Undo-Migration -Database shop.db -Path ./migrations -Last 2 -WhatIf</code>
/// <para>Shows the SQL that would roll back the last two migrations, and changes nothing.</para>
/// </example>
[Cmdlet(
    VerbsCommon.Undo,
    "Migration",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium,
    DefaultParameterSetName = "Last"
)]
[OutputType(typeof(MigrationResult))]
public sealed class UndoMigrationCommand : RunCommand
{
    private bool _acceptedLoss;
    private bool _yesToAll;
    private bool _noToAll;

    /// <summary>How many migrations to roll back, the last ones. Default: 1.</summary>
    [Parameter(ParameterSetName = "Last")]
    [ValidateRange(1, int.MaxValue)]
    public int? Last { get; set; }

    /// <summary>This migration, which must be the last applied one: a version, a semantic version or a name.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(MigrationCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Everything applied after this one, which stays: a version, a semantic version or a name; <c>0</c> undoes all.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "To")]
    [ArgumentCompleter(typeof(MigrationCompleter))]
    [ValidateNotNullOrEmpty]
    public string? To { get; set; }

    /// <summary>All.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "All")]
    public SwitchParameter All { get; set; }

    /// <summary>
    /// Rolls back even though rows or values are lost. Without it, the cmdlet asks, or where no one can be asked refuses with the numbers.
    /// -Force does not include it.
    /// </summary>
    [Parameter]
    public SwitchParameter AcceptDataLoss { get; set; }

    /// <summary>Undoes only what a rehearsal (Test-Migration) has proven.</summary>
    [Parameter]
    public SwitchParameter RequireProven { get; set; }

    /// <summary>
    /// With -RequireProven: also accepts a rollback that is proven for the schema alone, because the rehearsal had no rows to compare.
    /// </summary>
    [Parameter]
    public SwitchParameter SchemaOnly { get; set; }

    /// <summary>Does not ask before more than one is undone.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool Undoes => true;

    private protected override bool IsForced => Force;

    private protected override string Request => Name is null ? "Roll back the last migration" : $"Roll back {Name}";

    private protected override bool AsksBeyondConfirm => All || To is not null || Last > 1;

    private protected override Task<MigrationPlan> PlanAsync(
        Migrator migrator,
        IReadOnlyList<string>? only,
        CancellationToken cancellationToken
    )
    {
        if (only is not null && (Name is not null || AsksBeyondConfirm))
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "The migrations to roll back come from the pipeline.",
                "Omit -Name, -To, -Last and -All."
            );
        return migrator.PlanUndoAsync(RequestFor(only), cancellationToken);
    }

    private protected override Task<IReadOnlyList<MigrationResult>> RunAsync(
        Migrator migrator,
        IReadOnlyList<string>? only,
        CancellationToken cancellationToken
    )
    {
        var request = RequestFor(only) with { AcceptDataLoss = AcceptDataLoss.IsPresent || _acceptedLoss };
        // The answer was about this database alone.
        _acceptedLoss = false;
        return migrator.UndoAsync(request, cancellationToken);
    }

    // Whether it asks depends on the call alone, not on what is applied just now, so that a script that works once works always.
    private protected override bool MayRun(DatabaseTarget target, MigrationPlan plan)
    {
        if (Force || this.IsConfirmSaid() || !(AsksBeyondConfirm || plan.Steps.Count > 1))
            return true;
        var what = plan.Steps.Count == 1 ? "this migration" : $"these {plan.Steps.Count} migrations";
        return this.Ask(
            () =>
                ShouldContinue(
                    $"Undo {what} of {target.Display}: {string.Join(", ", plan.Steps.Select(s => s.Migration))}?",
                    "Undo migrations"
                ),
            e =>
                Confirmation.Required(
                    $"Rolling back {what} of {target.Display} requires confirmation, but the session is not interactive.",
                    e
                )
        );
    }

    private protected override bool AcceptsLoss(DatabaseTarget target, DataLossException loss)
    {
        // A script that has said not to be asked is not asked about this either, and gets the refusal.
        if (Force || this.IsConfirmOff())
            throw loss;
        // A security impact makes No the default: Enter alone loses nothing.
        return _acceptedLoss = this.Ask(
            () =>
                ShouldContinue(
                    $"{loss.Message}\nPermanently delete this data from {target.Display}?",
                    "Undo migrations",
                    hasSecurityImpact: true,
                    ref _yesToAll,
                    ref _noToAll
                ),
            _ => loss
        );
    }

    private UndoRequest RequestFor(IReadOnlyList<string>? only) =>
        new()
        {
            Name = only is null ? Name : null,
            To = only is null ? To : null,
            Last = only is null ? Last : null,
            All = only is null && All,
            Only = only,
            TransactionMode = Mode,
            SkipChecksum = SkipChecksum.IsPresent,
            RequireProven = RequireProven.IsPresent,
            SchemaOnly = SchemaOnly.IsPresent,
            Backup = BackupBefore,
            RestoreOnFailure = Restores,
            AcceptFaults = AcceptFaults.IsPresent,
        };
}
