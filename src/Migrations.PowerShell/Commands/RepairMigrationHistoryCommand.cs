using System.Management.Automation;
using Migrations.Databases;
using Migrations.Planning;

namespace Migrations.PowerShell.Commands;

/// <summary>
/// Repairs the history by appending to it: clears failures, accepts edited and renamed scripts, forgets missing ones, decides statements,
/// assigns migrations to a service, marks one as not applied.
/// </summary>
/// <remarks>
/// The history is never changed, only appended to, and no script is run. Without <c>-Name</c> it shows what it would do and asks, unless
/// <c>-Force</c> or <c>-Confirm:$false</c> is given; where no one can be asked that is an error. Writes what was repaired, what was
/// compared, and of an edited script the statements that differ. With nothing to repair it is an error. One migration is never turned into
/// another: what was applied under the same version with another name is refused.
/// </remarks>
/// <example>
/// <code>Repair-MigrationHistory -Database shop.db -Path ./migrations -WhatIf</code>
/// <para>Shows what would be repaired and changes nothing.</para>
/// </example>
/// <example>
/// <code>Repair-MigrationHistory -Database shop.db -Path ./migrations -RemoveMissing -WhatIf</code>
/// <para>Shows what would be repaired, including applied migrations whose files no longer exist.</para>
/// </example>
/// <example>
/// <code>Repair-MigrationHistory -Database shop.db -Path ./migrations -Name 002_orders</code>
/// <para>Accepts that the applied script 002_orders was edited.</para>
/// </example>
/// <example>
/// <code>Repair-MigrationHistory -AssignService api -WhatIf</code>
/// <para>Shows which migrations of the history have no service and would be assigned to the service api of the configuration file.</para>
/// </example>
/// <example>
/// <code>Repair-MigrationHistory -Database shop.db -Path ./migrations -Forget 004</code>
/// <para>Marks 004 as not applied, if nothing of it is left in the schema.</para>
/// </example>
[Cmdlet(
    VerbsDiagnostic.Repair,
    "MigrationHistory",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium,
    DefaultParameterSetName = "Repair"
)]
[OutputType(typeof(RepairResult))]
public sealed class RepairMigrationHistoryCommand : ChangeCommand
{
    /// <summary>Only this migration: a version, a semantic version or a name. Default: all.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(MigrationCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Forgets applied migrations whose files are gone.</summary>
    [Parameter(ParameterSetName = "Repair")]
    public SwitchParameter RemoveMissing { get; set; }

    /// <summary>
    /// Assigns the migrations that the history has without a service to this one: those of its folder, or the one that -Name names.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = "AssignService")]
    [ArgumentCompleter(typeof(ConfigurationCompleter))]
    [ValidateNotNullOrEmpty]
    public string? AssignService { get; set; }

    /// <summary>
    /// Marks this migration as not applied (a version, a semantic version or a name), after making sure that the schema has nothing of it.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = "Forget")]
    [ArgumentCompleter(typeof(MigrationCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Forget { get; set; }

    /// <summary>With -Forget: does not look at the schema.</summary>
    [Parameter(ParameterSetName = "Forget")]
    public SwitchParameter SkipComparison { get; set; }

    /// <summary>
    /// With -Forget: a database on the server that the copies for the comparison are made on. Default: the database's own server.
    /// </summary>
    [Parameter(ParameterSetName = "Forget")]
    [ValidateNotNullOrEmpty]
    public string? ScratchDatabase { get; set; }

    /// <summary>The statement in which a run without transaction was ended took effect: the next run goes on behind it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "StatementDone")]
    public SwitchParameter StatementDone { get; set; }

    /// <summary>The statement in which a run without transaction was ended did not take effect: the next run repeats it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "StatementNotDone")]
    public SwitchParameter StatementNotDone { get; set; }

    /// <summary>Does not ask when no -Name is given.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (AssignService is not null && !IsGivenService)
            Service = [AssignService];
        base.BeginProcessing();
    }

    private bool IsGivenService => MyInvocation.BoundParameters.ContainsKey(nameof(Service));

    private protected override bool IsForced => Force;

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        var request = new RepairRequest
        {
            Name = Name,
            Only = Chosen,
            RemoveMissing = RemoveMissing.IsPresent,
            AssignService = AssignService,
            Forget = Forget,
            SkipComparison = SkipComparison.IsPresent,
            ScratchServer = ScratchServer(ScratchDatabase),
            StatementDone =
                StatementDone ? true
                : StatementNotDone ? false
                : null,
        };
        var folder = Folder;
        var planned = Call(database, folder, (migrator, token) => migrator.PlanRepairAsync(request, token));
        var what = string.Concat(
            planned.Select(r =>
                $"\n{string.Concat(r.Differences.SelectMany(d => d.Lines()).Select(line => $"    {line}\n"))}{r.Name} "
                + $"({r.Repair}): {r.Compared}"
            )
        );
        if (!ShouldProcess(database.Target.Display, $"Repair the migration history:{what}") || !MayRepair(database.Target, what))
            return;
        // No more than what was shown, whatever others have done since.
        request = request with
        {
            Only = [.. planned.Select(r => r.Name)],
        };
        WriteObject(Call(database, folder, (migrator, token) => migrator.RepairAsync(request, token)), enumerateCollection: true);
    }

    // Naming a migration confirms it; the list of all others has not been seen yet.
    private bool MayRepair(DatabaseTarget target, string what) =>
        (Name ?? Forget) is not null
        || Force
        || this.IsConfirmSaid()
        || this.Ask(
            () => ShouldContinue($"Repair in the history of {target.Display}:{what}", "Repair the migration history"),
            e =>
                Confirmation.Required(
                    $"Repairing the history of {target.Display} requires confirmation, but the session is not interactive.",
                    e
                )
        );
}
