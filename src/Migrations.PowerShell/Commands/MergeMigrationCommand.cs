using System.Collections;
using System.Management.Automation;
using Migrations.Configuration;
using Migrations.Generating;

namespace Migrations.PowerShell.Commands;

/// <summary>Folds the first migrations of a folder into one that makes the same schema and puts in the same rows.</summary>
/// <remarks>
/// The migrations are replayed on a scratch database, what is there is written down as one file, and that is run on another and compared:
/// the schema by its fingerprint, the rows of every table by a digest, and the next numbers of sequences. What is not the same is not
/// written, and the object says why. The originals move to the folder 'archive'. A database that has all of them only records the squash,
/// one that has none runs the file, and one that has some runs the others from the archive first.
/// </remarks>
/// <example>
/// <code>Merge-Migration -To 003 -Path ./migrations -Database shop.db -WhatIf | Format-List Name, Replaces, Up</code>
/// <para>Shows the file that would replace the migrations up to 003, and writes nothing.</para>
/// </example>
/// <example>
/// <code>Merge-Migration -To 003 -Path ./migrations -Database shop.db</code>
/// <para>Writes 003_squash.sql, and moves the originals to ./migrations/archive.</para>
/// </example>
/// <example>
/// <code>Merge-Migration -To 003 -Name 'first year' -Path ./migrations -Database shop.db</code>
/// <para>The same under another name: 003_first_year.sql.</para>
/// </example>
[Cmdlet(VerbsData.Merge, "Migration", SupportsShouldProcess = true)]
[OutputType(typeof(GeneratedMigration))]
public sealed class MergeMigrationCommand : GeneratingCommand
{
    /// <summary>The last migration that is folded, by version or name. All before it are folded with it.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(MigrationCompleter))]
    [ValidateNotNullOrEmpty]
    public string To { get; set; } = "";

    /// <summary>
    /// The migration folder. No wildcards. Default: <c>$env:MIGRATION_PATH</c>, else <c>migrations</c> below PowerShell's location.
    /// </summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>What the new migration is called, behind its version. Default: squash.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "squash";

    /// <summary>The layout. Default: the folder's own.</summary>
    [Parameter]
    public MigrationLayout? Layout { get; set; }

    /// <summary>
    /// A database of the kind that the migrations are for; a file need not exist. Nothing is read from it: scratch databases are made on
    /// its server. Default: that of -Environment and -Service, else <c>$env:DATABASE_URL</c>.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Database { get; set; }

    /// <summary>A database on the server on which scratch databases are made. Default: the database's own server.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ScratchDatabase { get; set; }

    /// <summary>
    /// The values of <c>${name}</c> in the scripts, by name; a SecureString is never shown. They win over <c>variables</c> in the
    /// configuration file.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? Variable { get; set; }

    private protected override IEnumerable<string> Connections => new[] { Database, ScratchDatabase }.OfType<string>();

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string? folder = null;
        Guard(
            isOneOfSeveral: false,
            () => folder,
            () =>
            {
                var selector = new DatabaseSelector(Configured, Choice(Database is null ? [] : [Database], Path));
                var (named, settings) = selector.MigrationFolder();
                folder = (Path ?? EnvironmentSettings.Folder) is { } given ? Paths.Literal(given) : named;
                Fold(folder, selector, settings);
            }
        );
    }

    private void Fold(string folder, DatabaseSelector selector, ConfigurationSettings settings)
    {
        var (driver, target) = KindOf(Database, selector);
        var request = new SquashRequest
        {
            To = To,
            Name = Name,
            WhatIf = !ShouldProcess(folder, $"Fold the migrations up to {To} into one"),
            ScratchServer = ScratchServer(ScratchDatabase),
        };
        var variables = VariablesOf(settings, Variable);
        var result = Run(
            (events, token) =>
                new MigrationSquash(driver, target, folder, OptionsOf(Layout, settings, variables, events)).RunAsync(request, token)
        );
        WriteObject(result);
        Judge([result]);
    }
}
