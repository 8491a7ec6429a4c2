using System.Management.Automation;
using System.Text;
using Migrations.Backup;
using Migrations.Databases;
using Migrations.History;
using Migrations.Planning;

namespace Migrations.PowerShell;

/// <summary>What applying and undoing share: statuses from the pipeline, the plan that is shown or asked about, and results.</summary>
public abstract class RunCommand : ChangeCommand
{
    /// <summary>
    /// How the steps are put into transactions: <c>Each</c> its own, <c>All</c> into one, or <c>None</c>: statement by statement. Default:
    /// <c>Each</c>.
    /// </summary>
    [Parameter]
    public TransactionMode TransactionMode { get; set; } = TransactionMode.Each;

    /// <summary>Runs although applied scripts were edited or are gone; recorded in the history.</summary>
    [Parameter]
    public SwitchParameter SkipChecksum { get; set; }

    /// <summary>
    /// A folder for a backup that is made before the first step, when there is something to do; its path is in the results. Default: no
    /// backup.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Backup { get; set; }

    /// <summary>
    /// Restores that backup when a script outside a transaction fails, because no rollback undoes such a one. The failed state is kept.
    /// </summary>
    [Parameter]
    public SwitchParameter RestoreOnFailure { get; set; }

    /// <summary>With a restore on failure: leaves out what the server cannot make of the backup, and lists it.</summary>
    [Parameter]
    public SwitchParameter AcceptFaults { get; set; }

    /// <summary>Leaves out the hooks of the migration folder.</summary>
    [Parameter]
    public SwitchParameter NoHooks { get; set; }

    private protected override bool SkipsHooks => NoHooks;

    private protected sealed override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database) =>
        RunPlan(database, Folder, Chosen);

    /// <summary>How the steps are put into transactions: as the call says, or the configuration.</summary>
    private protected TransactionMode Mode =>
        IsGiven(nameof(TransactionMode)) ? TransactionMode : Settings.TransactionMode?.Value ?? TransactionMode.Each;

    /// <summary>Whether that backup is restored after a failure: as the call says, or the configuration.</summary>
    private protected bool Restores =>
        RestoreOnFailure || (Backup is null && Settings is { BackupBeforeRun.Value: true, RestoreOnFailure.Value: true });

    /// <summary>The backup that is made before the run.</summary>
    private protected BackupRequest? BackupBefore { get; private set; }

    /// <summary>A short description of the request, for when there is no plan to describe.</summary>
    private protected abstract string Request { get; }

    /// <summary>Whether a plan is needed before the run, to ask about it.</summary>
    private protected virtual bool AsksBeyondConfirm => false;

    /// <summary>Whether there is something to do after the run even when nothing is pending.</summary>
    private protected virtual bool ConcludesInAnyCase => false;

    /// <summary>Makes the plan: of everything asked for, or of the chosen migrations only.</summary>
    private protected abstract Task<MigrationPlan> PlanAsync(
        Migrator migrator,
        IReadOnlyList<string>? only,
        CancellationToken cancellationToken
    );

    /// <summary>Runs it.</summary>
    private protected abstract Task<IReadOnlyList<MigrationResult>> RunAsync(
        Migrator migrator,
        IReadOnlyList<string>? only,
        CancellationToken cancellationToken
    );

    /// <summary>Asks beyond -Confirm, where the plan calls for it.</summary>
    private protected virtual bool MayRun(DatabaseTarget target, MigrationPlan plan) => true;

    /// <summary>Asks whether the loss is accepted. Refuses by default: what was not confirmed is not done.</summary>
    /// <exception cref="DataLossException">No one can be asked.</exception>
    private protected virtual bool AcceptsLoss(DatabaseTarget target, DataLossException loss) => throw loss;

    private void RunPlan((IDatabaseDriver Driver, DatabaseTarget Target) database, string folder, IReadOnlyList<string>? only)
    {
        BackupBefore =
            Backup is not null ? new BackupRequest { Folder = Paths.Literal(Backup) }
            : Settings.BackupBeforeRun?.Value == true ? new BackupRequest { Folder = ConfiguredBackupFolder() }
            : null;
        // Planning takes a connection and a reading of the folder, and the engine plans under its lock in any case: without somebody to
        // show the plan to, it is not made.
        if (only is null && !AsksBeyondConfirm && !this.IsPlanShown())
        {
            if (ShouldProcess(database.Target.Display, Request))
                Apply(database, folder, only);
            return;
        }

        var plan = Call(database, folder, (migrator, token) => PlanAsync(migrator, only, token));
        ReportUnplanned(plan, only);
        if (plan.Steps.Count == 0)
        {
            if (ConcludesInAnyCase && !this.IsWhatIf())
                Apply(database, folder, []);
            else
                this.Report(() => WriteVerbose($"Nothing to do: {database.Target.Display}."));
            return;
        }

        var steps = plan.Steps.Select(s => s.Migration.FullName).ToList();
        var what =
            $"{(plan.Direction == MigrationDirection.Up ? "Apply" : "Undo")} {string.Join(", ", steps)} on {database.Target.Display}";
        if (
            ShouldProcess(
                this.IsWhatIf()
                    ? what + Sql(database.Driver, plan) + Warnings(database, folder, plan) + Losses(database, folder, plan)
                    : what,
                what + "?",
                "Migrations",
                out var reason
            )
        )
        {
            // No more than what was shown, whatever others have done or added since.
            if (MayRun(database.Target, plan))
                Apply(database, folder, steps);
        }
        else if (reason == ShouldProcessReason.WhatIf)
        {
            WriteObject(plan.Steps.Select((s, i) => Preview(database.Target, folder, plan, i)), enumerateCollection: true);
        }
    }

    /// <summary>Writes each result as soon as its step is committed; never before.</summary>
    private void Apply((IDatabaseDriver Driver, DatabaseTarget Target) database, string folder, IReadOnlyList<string>? only)
    {
        IReadOnlyList<MigrationResult> results;
        try
        {
            results = Call(database, folder, (migrator, token) => RunAsync(migrator, only, token), WriteObject);
        }
        catch (DataLossException loss)
        {
            if (AcceptsLoss(database.Target, loss))
                Apply(database, folder, only);
            return;
        }

        if (results.Count == 0)
            this.Report(() => WriteVerbose($"Nothing to do: {database.Target.Display}."));
    }

    /// <summary>What else is to be known of a plan, a line for each; empty where there is nothing.</summary>
    private protected virtual string Warnings(
        (IDatabaseDriver Driver, DatabaseTarget Target) database,
        string folder,
        MigrationPlan plan
    ) => "";

    private string Losses((IDatabaseDriver Driver, DatabaseTarget Target) database, string folder, MigrationPlan plan)
    {
        var losses = Call(database, folder, (migrator, token) => migrator.ForecastAsync(plan, token));
        return string.Concat(
            losses
                .SelectMany(l => l.Sentences())
                .Concat(losses.SelectMany(l => l.ObjectLines()))
                .Concat(losses.SelectMany(l => l.Unforeseen()))
                .Select(s => "\n! " + s)
        );
    }

    private void ReportUnplanned(MigrationPlan plan, IReadOnlyList<string>? only)
    {
        var planned = plan
            .Steps.Select(s => s.Migration.FullName)
            .Concat(plan.Skipped.Select(s => s.Migration.FullName))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var name in only ?? [])
        {
            if (!planned.Contains(name))
                this.Report(() => WriteVerbose($"{name} is not pending: there is nothing to do."));
        }
    }

    private static string Sql(IDatabaseDriver driver, MigrationPlan plan)
    {
        var text = new StringBuilder(":");
        foreach (var hook in plan.Hooks)
            text.Append("\n-- ").Append(hook.Name).Append(' ').Append(hook.Point.When());
        foreach (var step in plan.Steps)
        {
            text.Append("\n-- ").Append(step.Migration);
            if (step.Script.Header.Batch is { } batch)
                text.Append(", ").Append(batch);
            if (step.Script.Code is not null)
                text.Append("\n# ")
                    .Append(step.Script.File)
                    .Append(": code, the function '")
                    .Append(step.Direction == MigrationDirection.Up ? "up" : "down")
                    .Append('\'');
            foreach (var statement in driver.Dialect.Split(step.Script))
                text.Append('\n').Append(ScriptRedaction.Show(driver.Dialect, statement.Text)).Append(';');
        }

        return text.ToString();
    }

    private MigrationResult Preview(DatabaseTarget target, string folder, MigrationPlan plan, int at)
    {
        var step = plan.Steps[at];
        return new MigrationResult
        {
            Database = target.Display,
            Target = target,
            Service = CurrentService,
            Version = step.Migration.Version,
            Name = step.Migration.FullName,
            Direction = step.Direction,
            Outcome = MigrationOutcome.WhatIf,
            Path = folder,
            File = step.Script.File,
            Hooks = plan.HooksOf(at),
            HooksSkipped = plan.HooksSkipped,
        };
    }
}
