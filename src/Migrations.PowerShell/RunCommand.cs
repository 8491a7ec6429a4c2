using System.Management.Automation;
using System.Text;
using Migrations.Databases;
using Migrations.Planning;

namespace Migrations.PowerShell;

/// <summary>What applying and undoing share: statuses from the pipeline, the plan that is shown or asked about, and results.</summary>
public abstract class RunCommand : FolderCommand
{
    private readonly List<MigrationStatus> _statuses = [];

    /// <summary>Migrations chosen with <c>Get-MigrationStatus</c>: just these, in order.</summary>
    [Parameter(ValueFromPipeline = true)]
    [DatabaseTransformation]
    public MigrationStatus? InputObject { get; set; }

    /// <summary>How the steps are put into transactions.</summary>
    [Parameter]
    public TransactionMode TransactionMode { get; set; } = TransactionMode.Each;

    /// <summary>Runs although applied scripts were edited or are gone; recorded in the history.</summary>
    [Parameter]
    public SwitchParameter SkipChecksum { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
            base.ProcessRecord();
        else
            _statuses.Add(InputObject);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // A plan is made for a database as a whole, so what was chosen is collected first.
        foreach (var group in _statuses.GroupBy(s => (s.Target.Display, s.Path, s.Service)))
        {
            var first = group.First();
            Service = first.Service;
            Guard(first.Target, () => RunPlan((Drivers.Of(first.Target), first.Target), first.Path, [.. group.Select(s => s.Name)]));
        }
    }

    private protected sealed override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database) => RunPlan(database, Folder, only: null);

    /// <summary>Makes the plan: of everything asked for, or of the chosen migrations only.</summary>
    private protected abstract Task<MigrationPlan> PlanAsync(Migrator migrator, IReadOnlyList<string>? only, CancellationToken cancellationToken);

    /// <summary>Runs it.</summary>
    private protected abstract Task<IReadOnlyList<MigrationResult>> RunAsync(Migrator migrator, IReadOnlyList<string>? only, CancellationToken cancellationToken);

    /// <summary>Asks beyond -Confirm, where the plan calls for it.</summary>
    private protected virtual bool MayRun(DatabaseTarget target, MigrationPlan plan) => true;

    private void RunPlan((IDatabaseDriver Driver, DatabaseTarget Target) database, string folder, IReadOnlyList<string>? only)
    {
        var plan = Call(database, folder, (migrator, token) => PlanAsync(migrator, only, token));
        if (plan.Steps.Count == 0)
        {
            WriteVerbose($"Nothing to do: {database.Target.Display}.");
            return;
        }

        var what = $"{(plan.Direction == MigrationDirection.Up ? "Apply" : "Undo")} {string.Join(", ", plan.Steps.Select(s => s.Migration))}";
        var shown = $"{what} on {database.Target.Display}{(IsWhatIf ? Sql(database.Driver, plan) : "")}";
        if (ShouldProcess(shown, $"{what} on {database.Target.Display}?", "Migrations", out var reason))
        {
            if (MayRun(database.Target, plan))
                WriteObject(Call(database, folder, (migrator, token) => RunAsync(migrator, only, token)), enumerateCollection: true);
        }
        else if (reason == ShouldProcessReason.WhatIf)
        {
            WriteObject(plan.Steps.Select(s => Preview(database.Target, s)), enumerateCollection: true);
        }
    }

    private bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out var value)
        ? value is SwitchParameter { IsPresent: true }
        : SessionState.PSVariable.GetValue("WhatIfPreference") is true;

    private static string Sql(IDatabaseDriver driver, MigrationPlan plan)
    {
        var text = new StringBuilder(":");
        foreach (var step in plan.Steps)
        {
            text.Append("\n-- ").Append(step.Migration);
            foreach (var statement in driver.Dialect.Split(step.Script))
                text.Append('\n').Append(statement.Text).Append(';');
        }

        return text.ToString();
    }

    private MigrationResult Preview(DatabaseTarget target, PlanStep step) => new()
    {
        Database = target.Display,
        Service = Service,
        Version = step.Migration.Version,
        Name = step.Migration.FullName,
        Direction = step.Direction,
        Outcome = MigrationOutcome.WhatIf,
        File = step.Script.File,
    };
}
