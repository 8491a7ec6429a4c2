using System.Management.Automation;
using Migrations.Comparing;
using Migrations.Databases;
using Migrations.Diagrams;
using Migrations.Schema;

namespace Migrations.PowerShell.Commands;

/// <summary>Shows every object of a database with its definition.</summary>
/// <remarks>
/// Definitions are in normal form: two databases with the same schema show the same, however their objects were written and in whatever
/// order they were made. The module's own history and lock tables are left out.
/// </remarks>
/// <example>
/// <code>Get-DatabaseSchema -Database shop.db | Where-Object Type -eq Index</code>
/// <para>Shows the indexes.</para>
/// </example>
/// <example>
/// <code>Get-DatabaseSchema -Database shop.db -AsSql | Set-Content schema.sql</code>
/// <para>Writes a script that creates the same schema in an empty database.</para>
/// </example>
/// <example>
/// <code>(Get-DatabaseSchema -Database eu.db -Fingerprint) -eq (Get-DatabaseSchema -Database us.db -Fingerprint)</code>
/// <para>Shows whether two databases have the same schema.</para>
/// </example>
/// <example>
/// <code>Get-DatabaseSchema -Database shop.db -Format Mermaid | Set-Content schema.mmd</code>
/// <para>Writes a diagram of the tables and their foreign keys, which Markdown pages on GitHub and Azure DevOps show.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "DatabaseSchema", DefaultParameterSetName = "Objects")]
[OutputType(typeof(SchemaObject), typeof(string))]
public sealed class GetDatabaseSchemaCommand : DatabaseCommand
{
    /// <summary>Writes one text: the SQL that makes the schema in an empty database.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Sql")]
    public SwitchParameter AsSql { get; set; }

    /// <summary>Writes one text: the schema's fingerprint.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Fingerprint")]
    public SwitchParameter Fingerprint { get; set; }

    /// <summary>
    /// Writes one text: a diagram of the tables and their foreign keys for documents, in the language of <c>Mermaid</c> or of Graphviz
    /// (<c>Dot</c>). Partitions are left out.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = "Diagram")]
    public DiagramFormat Format { get; set; }

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        var schema = Run(
            (events, token) =>
                new SchemaSides(database.Driver, OptionsFor(events), new ScratchRequest()).ReadAsync(
                    new DatabaseSide(database.Target),
                    token
                )
        );
        if (AsSql)
            WriteObject(SchemaScript.Write(schema));
        else if (IsGiven(nameof(Format)))
            WriteObject(SchemaDiagram.Of(schema).Write(Format));
        else if (Fingerprint)
            WriteObject(schema.Fingerprint);
        else
            WriteObject(schema.Objects, enumerateCollection: true);
    }
}
