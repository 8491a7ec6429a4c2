using System.Management.Automation;
using Migrations.Planning;

namespace Migrations.PowerShell.Commands;

/// <summary>Applies pending migrations.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Migration", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(MigrationResult))]
public sealed class InvokeMigrationCommand : RunCommand
{
    /// <summary>The last migration to apply: a version, a semantic version or a name.</summary>
    [Parameter]
    public string? Target { get; set; }

    /// <summary>At most so many.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? First { get; set; }

    /// <summary>Applies pending migrations that are older than applied ones; recorded in the history.</summary>
    [Parameter]
    public SwitchParameter AllowOutOfOrder { get; set; }

    private protected override Task<MigrationPlan> PlanAsync(Migrator migrator, IReadOnlyList<string>? only, CancellationToken cancellationToken) =>
        migrator.PlanApplyAsync(Request(only), cancellationToken);

    private protected override Task<IReadOnlyList<MigrationResult>> RunAsync(Migrator migrator, IReadOnlyList<string>? only, CancellationToken cancellationToken) =>
        migrator.ApplyAsync(Request(only), cancellationToken);

    private ApplyRequest Request(IReadOnlyList<string>? only) => new()
    {
        Target = Target,
        First = First,
        Only = only,
        TransactionMode = TransactionMode,
        AllowOutOfOrder = AllowOutOfOrder.IsPresent,
        SkipChecksum = SkipChecksum.IsPresent,
    };
}
