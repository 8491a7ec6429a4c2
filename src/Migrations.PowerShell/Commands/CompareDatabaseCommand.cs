using System.Management.Automation;
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
/// <code>Compare-Database eu.db us.db</code>
/// <para>Compares all tables of two files by what they store.</para>
/// </example>
/// <example>
/// <code>(Compare-Database eu.db us.db -Table orders).Differences | Format-Table</code>
/// <para>Shows the first rows of a table that differ.</para>
/// </example>
[Cmdlet(VerbsData.Compare, "Database")]
[OutputType(typeof(TableComparison))]
public sealed class CompareDatabaseCommand : MigrationCommand
{
    /// <summary>The first database.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Left { get; set; } = "";

    /// <summary>The second database.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Right { get; set; } = "";

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

    private protected override IEnumerable<string> Connections => [Left, Right];

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        Guard(
            isOneOfSeveral: false,
            () => null,
            () =>
            {
                var (left, right) = (Resolve(Left), Resolve(Right));
                var scope = new CopyScope { Tables = Table, Excluded = ExcludeTable };
                WriteObject(
                    Run(
                        (events, token) =>
                            new DataComparison(
                                left,
                                right,
                                new CompareRequest
                                {
                                    Scope = scope,
                                    Session = new SessionOptions { Events = events },
                                }
                            ).RunAsync(token)
                    ),
                    enumerateCollection: true
                );
            }
        );
}
