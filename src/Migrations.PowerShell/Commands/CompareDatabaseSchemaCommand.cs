using System.Collections;
using System.Management.Automation;
using Migrations.Comparing;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Folders;
using Migrations.Schema;

namespace Migrations.PowerShell.Commands;

/// <summary>Compares two schemas, object by object.</summary>
/// <remarks>
/// Each side is a database, a file of SQL that makes a whole schema (schema.sql), a migration folder, or a backup; all but databases are
/// loaded into scratch databases. Writes one object per difference: Added, Removed or Changed, with both definitions and, where it is
/// certain and loses nothing, the SQL that makes the right side like the left one. No object means no difference.
/// </remarks>
/// <example>
/// <code>Compare-DatabaseSchema ./schema.sql shop.db</code>
/// <para>Shows how the database differs from its schema file.</para>
/// </example>
/// <example>
/// <code>Compare-DatabaseSchema ./migrations ./migrations/schema.sql -Database shop.db</code>
/// <para>Shows whether the migrations make just what the file says; -Database says what kind of database both are for.</para>
/// </example>
/// <example>
/// <code>Compare-DatabaseSchema eu.db us.db</code>
/// <para>Shows how two databases differ; nothing when their schemas are the same.</para>
/// </example>
[Cmdlet(VerbsData.Compare, "DatabaseSchema")]
[OutputType(typeof(SchemaDifference))]
public sealed class CompareDatabaseSchemaCommand : ConfiguredCommand
{
    /// <summary>What is expected.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Left { get; set; } = "";

    /// <summary>What is looked at.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Right { get; set; } = "";

    /// <summary>A database of the kind that is meant, where neither side is one. Default: that of -Environment and -Service.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Database { get; set; }

    /// <summary>
    /// Objects that are not compared, by <c>schema.name</c> or name. Tables of other programs that are known (migration histories,
    /// <c>_cf_*</c>, <c>_litestream_*</c>) need none.
    /// </summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Ignore { get; set; } = [];

    /// <summary>A database on the server on which scratch databases are made. Default: the server of the side that is a database.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ScratchDatabase { get; set; }

    /// <summary>
    /// The values of <c>${name}</c> in the scripts of a migration folder, by name; a SecureString is never shown. They win over
    /// <c>variables</c> in the configuration file.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? Variable { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        Guard(
            isOneOfSeveral: false,
            () => null,
            () =>
            {
                var selector = new DatabaseSelector(Configured, Choice(Database is null ? [] : [Database], folder: null));
                var settings = selector.SettingsOf(service: null);
                var sides = SidePair.Resolve(Expand(Left), Expand(Right), Beside(selector), DatabaseDrivers.All, Paths.CurrentFolder);
                var variables = VariablesOf(settings, Variable);
                var ignored = Ignore.Length > 0 ? Ignore : settings.Ignore?.Value ?? [];
                var server = ScratchServer(ScratchDatabase);
                var differences = Run(
                    async (events, token) =>
                    {
                        var options = new MigratorOptions
                        {
                            Folder = new FolderOptions { Variables = variables },
                            Session = SessionOptions.Of(settings) with { Events = events },
                        };
                        var reader = new SchemaSides(
                            sides.Driver,
                            options,
                            new ScratchRequest
                            {
                                Origin = sides.Origin,
                                Server = server,
                                Session = options.Session,
                            }
                        );
                        return await reader.CompareAsync(sides, ignored, token).ConfigureAwait(false);
                    }
                );
                WriteObject(differences, enumerateCollection: true);
            }
        );

    private protected override IEnumerable<string> Connections => [Left, Right, .. new[] { Database, ScratchDatabase }.OfType<string>()];

    private (IDatabaseDriver Driver, DatabaseTarget Target)? Beside(DatabaseSelector selector)
    {
        if (Database is not null)
            return Resolve(Database);
        return selector.NamedDatabases() is [var first, ..] ? DatabaseDrivers.Resolve(first.Database, first.BaseFolder) : null;
    }

    private string Expand(string text) => Paths.Expand(text);
}
