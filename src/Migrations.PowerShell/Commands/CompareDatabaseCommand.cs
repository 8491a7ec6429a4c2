using System.Management.Automation;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Transfer;

namespace Migrations.PowerShell.Commands;

/// <summary>Compares the rows of two databases, of one engine or of two.</summary>
/// <remarks>
/// Compares the count and the digest of every table, each side as one moment has it, and names the first rows that differ by their keys.
/// Writes one object for each table that either database has.
/// </remarks>
/// <example>
/// <code>Compare-Database shop.db postgres://ada@db.example.com/shop | Where-Object -Not Equal</code>
/// <para>Shows the tables that differ.</para>
/// </example>
/// <example>
/// <code>Compare-Database -SourceEnvironment production -Environment staging -Service api</code>
/// <para>Compares the databases of a service in two environments of the configuration file.</para>
/// </example>
/// <example>
/// <code>(Compare-Database eu.db us.db -Table orders).Differences | Format-Table</code>
/// <para>Shows the first rows of a table that differ.</para>
/// </example>
[Cmdlet(VerbsData.Compare, "Database")]
[OutputType(typeof(TableComparison))]
public sealed class CompareDatabaseCommand : PairCommand
{
    /// <summary>The first database. Left out with -SourceEnvironment.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Left { get; set; }

    /// <summary>The second database. Left out with -Environment.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Right { get; set; }

    /// <summary>Only tables of these names.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Table { get; set; } = [];

    /// <summary>No tables of these names.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] ExcludeTable { get; set; } = [];

    private protected override IEnumerable<string> Connections => new[] { Left, Right }.OfType<string>();

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        Guard(
            isOneOfSeveral: false,
            () => null,
            () =>
            {
                var scope = new CopyScope { Tables = Table, Excluded = ExcludeTable };
                var pairs = Pairs(Left, Right);
                Traced(
                    pairs,
                    () =>
                    {
                        foreach (var (source, target) in pairs)
                            Compare(Resolve(source), Resolve(target), target, scope);
                    }
                );
            }
        );

    private void Compare(
        (IDatabaseDriver Driver, DatabaseTarget Target) left,
        (IDatabaseDriver Driver, DatabaseTarget Target) right,
        SelectedDatabase selected,
        CopyScope scope
    ) =>
        WriteObject(
            Run(
                (events, token) =>
                    new DataComparison(left, right, new CompareRequest { Scope = scope, Session = Session(selected, events) }).RunAsync(
                        token
                    )
            ),
            enumerateCollection: true
        );
}
