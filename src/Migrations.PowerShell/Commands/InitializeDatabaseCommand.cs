using System.Management.Automation;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Planning;

namespace Migrations.PowerShell.Commands;

/// <summary>
/// Brings a database to where an application can start: waits for the server, creates the database, and runs an init script or the pending
/// migrations, once.
/// </summary>
/// <remarks>
/// What is there already is left as it is, and that is no error: the result's outcome is <c>AlreadyInitialized</c>. However many instances
/// start at the same moment, one initializes. -Path, or <c>$env:MIGRATION_PATH</c>, may name one init script instead of a migration folder:
/// it runs in one transaction, is recorded in the history as an event <c>Ran</c>, and runs only while the table that -Marker names does not
/// exist; without -Marker, only once.
/// </remarks>
/// <example>
/// <code>Initialize-Database -Database $url -Create -Path ./migrations</code>
/// <para>Waits for the server, creates the database when it does not exist, and applies what is pending.</para>
/// </example>
/// <example>
/// <code>Initialize-Database -Database $url -Path ./scripts/init-db.sql -Marker users</code>
/// <para>Runs the init script, unless there is a table users.</para>
/// </example>
/// <example>
/// <code>Initialize-Database -Database shop.db -Path ./migrations -Seed -WhatIf</code>
/// <para>Shows what would be created, applied and seeded, and changes nothing.</para>
/// </example>
[Cmdlet(VerbsData.Initialize, "Database", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(InitializationResult))]
public sealed class InitializeDatabaseCommand : ChangeCommand
{
    /// <summary>
    /// Creates the database when it does not exist; on SQLite also its folder. That another creates it at the same moment is success.
    /// </summary>
    [Parameter]
    public SwitchParameter Create { get; set; }

    /// <summary>With -Create: the role that owns the database, on PostgreSQL. Default: the user.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Owner { get; set; }

    /// <summary>
    /// With -Create: the database's encoding, on PostgreSQL; without -Template, it is a copy of <c>template0</c>. Default: the server's.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Encoding { get; set; }

    /// <summary>With -Create: the database that it is a copy of, on PostgreSQL. Default: the server's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Template { get; set; }

    /// <summary>With an init script: the table whose presence says that it has run. Default: the history says it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Marker { get; set; }

    /// <summary>
    /// Afterwards runs <c>seed.sql</c>, in the migration folder or beside the init script, once. An error in an environment that requires
    /// confirmation, unless -Force is given.
    /// </summary>
    [Parameter]
    public SwitchParameter Seed { get; set; }

    /// <summary>Runs the init script and the seed even though rows or values are lost, or may be.</summary>
    [Parameter]
    public SwitchParameter AcceptDataLoss { get; set; }

    /// <summary>
    /// Marks the database as that of an environment, so that destructive commands under another name are refused. Default: it stays as it
    /// is.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(ConfigurationCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Stamp { get; set; }

    /// <summary>
    /// With -Stamp: replaces another stamp, which otherwise is an error. Asks where that is the stamp of an environment that requires
    /// confirmation, unless -Force or -Confirm:$false is given.
    /// </summary>
    [Parameter]
    public SwitchParameter Restamp { get; set; }

    /// <summary>How often to try to connect. Default: <c>$env:DB_RETRY_ATTEMPTS</c>, else 5.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Attempts { get; set; }

    /// <summary>The pause between two attempts: <c>5s</c>, or seconds. Default: <c>$env:DB_RETRY_DELAY</c>, else 5 seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Delay { get; set; }

    /// <summary>Applies even though the migrations of the database were recorded by another tool; recorded in the history.</summary>
    [Parameter]
    public SwitchParameter IgnoreForeignHistory { get; set; }

    /// <summary>Does not ask, even where the environment requires confirmation, and runs the seed there too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool IsForced => Force;

    private protected override SessionOptions Session(IEventSink events) =>
        base.Session(events).Starting(Attempts, IsGiven(nameof(Delay)) ? Delay : null);

    /// <summary>Leaves out the hooks of the migration folder.</summary>
    [Parameter]
    public SwitchParameter NoHooks { get; set; }

    private protected override bool SkipsHooks => NoHooks;

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        if (!Create && (Owner ?? Encoding ?? Template) is not null)
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "-Owner, -Encoding and -Template say how to create the database.",
                "Add -Create, or leave them out."
            );
        if (Restamp && Stamp is null)
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "-Restamp replaces the stamp of the database.",
                "Name the new one with -Stamp, or leave it out."
            );
        var folder = Folder;
        if (ShouldProcess(database.Target.Display, $"Initialize with {folder}"))
            Initialize(database, folder);
        else if (this.IsWhatIf())
            WriteObject(Run(database, folder, (initializer, token) => initializer.PlanAsync(Request, token)));
    }

    private void Initialize((IDatabaseDriver Driver, DatabaseTarget Target) database, string folder)
    {
        var request = Request;
        try
        {
            WriteObject(Run(database, folder, (initializer, token) => initializer.InitializeAsync(request, token)));
        }
        catch (StampProtectedException e)
        {
            var isConfirmed = this.Ask(
                () => ShouldContinue(e.Action + "?", "Initialize-Database"),
                cause => Confirmation.Required(e.Action + " requires confirmation, but no one can be asked.", cause)
            );
            if (!isConfirmed)
                return;
            request = request with { ReplacesProtectedStamp = true };
            WriteObject(Run(database, folder, (initializer, token) => initializer.InitializeAsync(request, token)));
        }
    }

    private InitializationRequest Request =>
        new()
        {
            Create = Create
                ? new DatabaseCreation
                {
                    Owner = Owner,
                    Encoding = Encoding,
                    Template = Template,
                }
                : null,
            Marker = Marker,
            Seed = Seed,
            IsProtected = Selected?.Confirm == true,
            Force = Force,
            AcceptDataLoss = AcceptDataLoss,
            Stamp = Stamp,
            ReplacesStamp = Restamp,
            ReplacesProtectedStamp = Force || this.IsConfirmOff(),
            Apply = new ApplyRequest
            {
                TransactionMode = Settings.TransactionMode?.Value ?? TransactionMode.Each,
                IgnoreForeignHistory = IgnoreForeignHistory.IsPresent,
            },
        };

    private InitializationResult Run(
        (IDatabaseDriver Driver, DatabaseTarget Target) database,
        string path,
        Func<DatabaseInitializer, CancellationToken, Task<InitializationResult>> call
    ) => Run((events, token) => call(new DatabaseInitializer(database.Driver, database.Target, path, OptionsFor(events)), token));
}
