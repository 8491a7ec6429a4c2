using System.Management.Automation;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Planning;

namespace Migrations.PowerShell.Commands;

/// <summary>Empties a database; on request applies all migrations and runs the seed. For development.</summary>
/// <remarks>
/// Everything that is in the database goes, the history too, in one transaction and under the migration lock; the file or the database
/// itself stays, with its owner and settings. No down script is run. It asks by the name of the database, unless the loss is accepted;
/// where
/// no one can be asked it is refused with the numbers. On PostgreSQL only what the role may drop goes; what stays is a warning and in the
/// result.
/// </remarks>
/// <example>
/// <code>Clear-Database -Database shop.db -WhatIf</code>
/// <para>Shows which tables would go, with their rows, and changes nothing.</para>
/// </example>
/// <example>
/// <code>Clear-Database -Database shop.db -Path ./migrations -Migrate -Seed -AcceptDataLoss</code>
/// <para>Empties the database, applies all migrations, and runs the folder's seed.sql.</para>
/// </example>
/// <example>
/// <code>Clear-Database -Database shop.db -AcceptDataLoss | Select-Object -ExpandProperty Stayed</code>
/// <para>Empties the database, and shows what could not be removed.</para>
/// </example>
[Cmdlet(VerbsCommon.Clear, "Database", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(ClearResult))]
public sealed class ClearDatabaseCommand : ChangeCommand
{
    private readonly ClearedDatabases _turns = new();
    private readonly ClearedDatabases _plans = new() { IsPlan = true };
    private bool _yesToAll;
    private bool _noToAll;

    /// <summary>Applies all migrations afterwards.</summary>
    [Parameter]
    public SwitchParameter Migrate { get; set; }

    /// <summary>
    /// With -Migrate: runs <c>seed.sql</c> of the migration folder at the end. An error in an environment that requires confirmation,
    /// unless -Force is given.
    /// </summary>
    [Parameter]
    public SwitchParameter Seed { get; set; }

    /// <summary>
    /// Deletes all rows without asking. Without it, the cmdlet asks, or where no one can be asked refuses with the numbers. -Force does not
    /// include it.
    /// </summary>
    [Parameter]
    public SwitchParameter AcceptDataLoss { get; set; }

    /// <summary>Clears also what other services, and those with another history, have in the database.</summary>
    [Parameter]
    public SwitchParameter IncludeOthers { get; set; }

    /// <summary>
    /// Does not ask, even where the environment requires confirmation, and clears a database with the stamp of such an environment, which
    /// otherwise is an error; runs the seed there too. The loss of rows has its own switch.
    /// </summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool IsForced => Force;

    /// <summary>Leaves out the hooks of the migration folder.</summary>
    [Parameter]
    public SwitchParameter NoHooks { get; set; }

    private protected override bool SkipsHooks => NoHooks;

    private protected override bool MayRunAtOnce => false;

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        var folder = Migrate ? Folder : "";
        var request = RequestFor(folder);
        var plan = Call(database, folder, (clearer, token) => clearer.PlanAsync(request, token));
        if (!ShouldProcess(database.Target.Display, Describe(plan)))
        {
            if (this.IsWhatIf())
                WriteObject(plan);
            return;
        }

        if (MayLose(database.Target, plan, request) is not { } answered)
            return;
        WriteObject(Call(database, folder, (clearer, token) => clearer.ClearAsync(answered, token)));
    }

    private protected override void Foresee(SelectedDatabase database)
    {
        Go(database);
        var (driver, target) = Resolve(database);
        var folder = Migrate ? Folder : "";
        var request = RequestFor(folder);
        _ = Run(
            (events, token) =>
            {
                // What is worth a warning is said in the turn of the database.
                var options = OptionsFor(events);
                options = options with { Session = options.Session with { Events = new SessionOptions().Events } };
                return Looked(new DatabaseClearer(driver, target, folder, options).ForeseeAsync(request, token));
            }
        );

        static async Task<bool> Looked(Task look)
        {
            await look.ConfigureAwait(false);
            return true;
        }
    }

    private ClearRequest RequestFor(string folder) =>
        new()
        {
            AcceptDataLoss = AcceptDataLoss.IsPresent,
            Apply = Migrate ? new ApplyRequest { TransactionMode = Settings.TransactionMode?.Value ?? TransactionMode.Each } : null,
            Seed = Seed,
            IsProtected = Selected?.Confirm == true,
            Force = Force,
            Services = ServicesOfCall,
            Histories = HistoriesOfCall,
            IncludesOthers = IncludeOthers,
            Turns = this.IsWhatIf() ? _plans : _turns,
        };

    private static string Describe(ClearResult plan)
    {
        var losses = string.Concat(plan.Losses().Select(l => "\n! " + l));
        var afterwards = plan.Applied.Count == 0 ? "" : $", and apply {string.Join(", ", plan.Applied)}";
        var seed = plan.Seed is null ? "" : $", and run {plan.Seed}";
        return $"Clear {plan.Tables.Count(t => !t.IsHistory)} tables with {plan.Rows} rows{afterwards}{seed}{losses}";
    }

    /// <summary>Asks about the rows; a security impact makes No the default.</summary>
    private ClearRequest? MayLose(DatabaseTarget target, ClearResult plan, ClearRequest request)
    {
        if (!plan.IsLossy || request.AcceptDataLoss || Force || this.IsConfirmOff())
            return request;
        var losses = string.Concat(plan.Losses().Select(l => "\n  " + l));
        var question = $"{target.Display} holds:{losses}\nPermanently delete everything in {target.Display}?";
        var isAnswered = this.Ask(
            () => ShouldContinue(question, "Clear the database", hasSecurityImpact: true, ref _yesToAll, ref _noToAll),
            e => new MigrationException(
                ErrorId.DataLossRefused,
                $"Clearing would permanently delete everything in {target.Display}:{losses}",
                "Make a backup, and accept the loss with -AcceptDataLoss. Nothing was cleared.",
                e
            )
        );
        return isAnswered ? request with { AcceptDataLoss = true } : null;
    }

    private T Call<T>(
        (IDatabaseDriver Driver, DatabaseTarget Target) database,
        string folder,
        Func<DatabaseClearer, CancellationToken, Task<T>> call
    ) => Run((events, token) => call(new DatabaseClearer(database.Driver, database.Target, folder, OptionsFor(events)), token));
}
