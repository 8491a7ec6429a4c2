using System.Management.Automation;
using Migrations.Databases;
using Migrations.Planning;

namespace Migrations.PowerShell.Commands;

/// <summary>Applies pending migrations.</summary>
/// <remarks>
/// Each migration and its history row are committed together. The result of each is written as soon as it is committed; what is not
/// committed is never written, and a failure is an error, not a result. Ctrl-C, or <c>Select-Object -First</c> behind it, ends the run:
/// what is running is rolled back, the lock is freed, and what was committed stays. With nothing pending nothing is written. A SQLite file
/// that does not exist is created. With several databases, an error of one is reported and the others are worked on; with one, it ends the
/// cmdlet. Start a script with <c>$ErrorActionPreference = 'Stop'</c>: without it, <c>pwsh -File</c> exits with 0 even after an error.
/// </remarks>
/// <example>
/// <code>Invoke-Migration -Database shop.db -Path ./migrations</code>
/// <para>Applies everything pending to a SQLite file, which is created when it does not exist.</para>
/// </example>
/// <example>
/// <code>Get-MigrationStatus -Database $url | Where-Object State -eq Pending | Select-Object -First 2 | Invoke-Migration -WhatIf</code>
/// <para>Shows the SQL of the next two pending migrations and changes nothing.</para>
/// </example>
/// <example>
/// <code>Invoke-Migration -Database shop.db -Path ./migrations -Backup ./backups -Check</code>
/// <para>Backs up before the first migration, and runs all checks after the last one.</para>
/// </example>
/// <example>
/// <code>Invoke-Migration -Database shop.db -Path ./migrations -SchemaFile ./migrations/schema.sql</code>
/// <para>Applies everything pending, and writes the complete schema to a file that is committed beside the migrations.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "Migration", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(MigrationResult))]
public sealed class InvokeMigrationCommand : RunCommand
{
    /// <summary>The last migration to apply: a version, a semantic version or a name. Default: the newest.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(MigrationCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Target { get; set; }

    /// <summary>Applies at most this many migrations. Default: all.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? First { get; set; }

    /// <summary>Applies pending migrations that are older than applied ones; recorded in the history.</summary>
    [Parameter]
    public SwitchParameter AllowOutOfOrder { get; set; }

    /// <summary>Applies even though the migrations of the database were recorded by another tool; recorded in the history.</summary>
    [Parameter]
    public SwitchParameter IgnoreForeignHistory { get; set; }

    /// <summary>
    /// Runs all checks after the last migration, as Test-SchemaIntegrity does, even when nothing was pending. A failed check is an error
    /// and, with -RestoreOnFailure, restores the backup.
    /// </summary>
    [Parameter]
    public SwitchParameter Check { get; set; }

    /// <summary>
    /// Objects that the checks of -Check do not compare, by <c>schema.name</c> or name; may have wildcards. Tables of other programs that
    /// are known (migration histories, <c>_cf_*</c>, <c>_litestream_*</c>) need none.
    /// </summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Ignore { get; set; } = [];

    /// <summary>
    /// A file that gets the complete schema as SQL after the last migration, even when nothing was pending. It is left alone while the
    /// schema is the same, and can be committed beside the migrations;
    /// in their folder it must be called <c>schema.sql</c>. Default: none is written.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SchemaFile { get; set; }

    /// <summary>
    /// Refuses to run when a rule of Test-MigrationScript finds something in the pending migrations. Default: each finding is a warning.
    /// </summary>
    [Parameter]
    public SwitchParameter Strict { get; set; }

    /// <summary>Does not ask, even where the environment requires confirmation.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool IsForced => Force;

    private protected override string Request =>
        (Target, First) switch
        {
            (null, null) => "Apply pending migrations",
            (null, { } first) => $"Apply at most {first} pending migrations",
            ({ } target, null) => $"Apply pending migrations up to {target}",
            var (target, first) => $"Apply at most {first} pending migrations up to {target}",
        };

    private string? WrittenSchema =>
        SchemaFile is not null ? Paths.Literal(SchemaFile)
        : Settings.SchemaFile is { } configured ? PathIn(configured)
        : null;

    private bool Checks => IsGiven(nameof(Check)) ? Check : Settings.CheckAfterRun?.Value == true;

    private protected override bool ConcludesInAnyCase => Checks || WrittenSchema is not null;

    private protected override Task<MigrationPlan> PlanAsync(
        Migrator migrator,
        IReadOnlyList<string>? only,
        CancellationToken cancellationToken
    ) => migrator.PlanApplyAsync(RequestFor(only), cancellationToken);

    private protected override Task<IReadOnlyList<MigrationResult>> RunAsync(
        Migrator migrator,
        IReadOnlyList<string>? only,
        CancellationToken cancellationToken
    ) => migrator.ApplyAsync(RequestFor(only), cancellationToken);

    private protected override string Warnings(
        (IDatabaseDriver Driver, DatabaseTarget Target) database,
        string folder,
        MigrationPlan plan
    ) =>
        string.Concat(
            Call(database, folder, (migrator, token) => migrator.LintAsync(plan, LintOptions(Strict), token))
                .Select(f => $"\n! {f.Location.ShownFile}:{f.Line}: {f.Message} [{f.Rule}]")
        );

    private ApplyRequest RequestFor(IReadOnlyList<string>? only) =>
        new()
        {
            Target = Target,
            First = First,
            Only = only,
            TransactionMode = Mode,
            AllowOutOfOrder = AllowOutOfOrder.IsPresent,
            SkipChecksum = SkipChecksum.IsPresent,
            IgnoreForeignHistory = IgnoreForeignHistory.IsPresent,
            Check = Checks ? new CheckRequest { Ignored = Ignore.Length > 0 ? Ignore : Settings.Ignore?.Value ?? [] } : null,
            Lint = LintOptions(Strict),
            SchemaFile = WrittenSchema,
            Backup = BackupBefore,
            RestoreOnFailure = Restores,
            AcceptFaults = AcceptFaults.IsPresent,
        };
}
