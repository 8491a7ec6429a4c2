using System.Collections;
using System.Management.Automation;
using System.Text;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;
using Migrations.History;
using Migrations.Planning;

namespace Migrations.PowerShell.Commands;

/// <summary>Runs SQL that is no migration: a fix, seed data, a query.</summary>
/// <remarks>
/// It runs under the migration lock, in one transaction with its row of the history (an event <c>Ran</c>); <c>-- Transaction: none</c> in
/// its header runs it without one. Each row of its queries becomes an object with a property for each column, once everything is committed;
/// NULL is <c>$null</c>. Without a query it writes a result. Two columns of one name become <c>id</c> and <c>id_2</c>.
/// </remarks>
/// <example>
/// <code>Invoke-DatabaseScript -Database shop.db -Path ./fix.sql</code>
/// <para>Runs a script, and writes how many statements and rows it was.</para>
/// </example>
/// <example>
/// <code>Invoke-DatabaseScript -Database shop.db -Command 'SELECT id, name FROM users' | Export-Csv users.csv</code>
/// <para>Writes rows as objects.</para>
/// </example>
/// <example>
/// <code>Invoke-DatabaseScript -Database shop.db -Path ./fix.sql -WhatIf</code>
/// <para>Shows the SQL and what would be lost, and changes nothing.</para>
/// </example>
[Cmdlet(
    VerbsLifecycle.Invoke,
    "DatabaseScript",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium,
    DefaultParameterSetName = "Path"
)]
[OutputType(typeof(PSObject), typeof(DatabaseScriptResult))]
public sealed class InvokeDatabaseScriptCommand : DatabaseCommand
{
    private VariableSet? _variables;
    private bool _yesToAll;
    private bool _noToAll;

    /// <summary>The script: a file of SQL. No wildcards.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The SQL itself, instead of a file.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Command")]
    [ValidateNotNullOrEmpty]
    public string? Command { get; set; }

    /// <summary>
    /// Runs even though rows or values are lost, or may be. Without it, the cmdlet asks, or where no one can be asked refuses with the
    /// numbers. -Force does not include it.
    /// </summary>
    [Parameter]
    public SwitchParameter AcceptDataLoss { get; set; }

    /// <summary>How long to wait for another run to finish: <c>30s</c>, <c>5m</c>, or seconds. Default: 60 seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Does not ask, even where the environment requires confirmation.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>
    /// The values of <c>${name}</c> in the script, by name; a SecureString is never shown. They win over <c>variables</c> in the
    /// configuration file. Default: those of the file; without either, the script is not changed.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? Variable { get; set; }

    private protected override bool Changes => true;

    private protected override bool IsForced => Force;

    private protected override SessionOptions Session(IEventSink events)
    {
        var session = base.Session(events);
        return IsGiven(nameof(LockTimeout)) ? session with { LockTimeout = LockTimeout } : session;
    }

    private protected override MigratorOptions OptionsFor(IEventSink events) =>
        base.OptionsFor(events) with
        {
            Folder = new FolderOptions { Variables = _variables },
        };

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        _variables = VariablesOf(Settings, Variable);
        var request = new DatabaseScriptRequest
        {
            File = Path is null ? null : Paths.Literal(Path),
            Command = Command,
            AcceptDataLoss = AcceptDataLoss,
        };
        if (this.IsWhatIf())
        {
            Preview(database, request);
            return;
        }

        var name = request.File is { } file ? System.IO.Path.GetFileName(file) : "SQL";
        if (ShouldProcess(database.Target.Display, $"Run {name}"))
            RunScript(database, request);
    }

    private void RunScript((IDatabaseDriver Driver, DatabaseTarget Target) database, DatabaseScriptRequest request)
    {
        try
        {
            RowWriter? rows = null;
            var result = Run(
                (events, write, token) =>
                {
                    rows = new RowWriter(write, WriteObject);
                    return RunnerOf(database, events).RunAsync(request with { Rows = rows }, token);
                }
            );
            rows!.Flush();
            if (!rows.HasRows)
                WriteObject(result);
        }
        catch (DataLossException loss)
        {
            if (AcceptsLoss(database.Target, loss))
                RunScript(database, request with { AcceptDataLoss = true });
        }
    }

    private void Preview((IDatabaseDriver Driver, DatabaseTarget Target) database, DatabaseScriptRequest request)
    {
        var plan = Run((events, token) => RunnerOf(database, events).PlanAsync(request, token));
        var text = new StringBuilder($"Run {plan.Name} on {database.Target.Display}:");
        var count = 0;
        foreach (var statement in database.Driver.Dialect.Split(plan.Script))
        {
            text.Append('\n').Append(ScriptRedaction.Show(database.Driver.Dialect, statement.Text)).Append(';');
            count++;
        }

        var losses = plan.Losses.SelectMany(l => l.Sentences()).Concat(plan.Losses.SelectMany(l => l.ObjectLines()));
        foreach (var sentence in losses.Concat(plan.Losses.SelectMany(l => l.Unforeseen())))
            text.Append("\n! ").Append(sentence);
        _ = ShouldProcess(text.ToString(), $"Run {plan.Name}?", "Migrations");
        WriteObject(
            new DatabaseScriptResult
            {
                Database = database.Target.Display,
                Target = database.Target,
                Service = CurrentService,
                Name = plan.Name,
                File = plan.File,
                Outcome = MigrationOutcome.WhatIf,
                Statements = count,
            }
        );
    }

    private DatabaseScriptRunner RunnerOf((IDatabaseDriver Driver, DatabaseTarget Target) database, IEventSink events) =>
        new(database.Driver, database.Target, OptionsFor(events));

    private bool AcceptsLoss(DatabaseTarget target, DataLossException loss)
    {
        // A script that has said not to be asked is not asked about this either, and gets the refusal.
        if (Force || this.IsConfirmOff())
            throw loss;
        return this.Ask(
            () =>
                ShouldContinue(
                    $"{loss.Message}\nPermanently delete this data from {target.Display}?",
                    "Run SQL",
                    hasSecurityImpact: true,
                    ref _yesToAll,
                    ref _noToAll
                ),
            _ => loss
        );
    }
}
