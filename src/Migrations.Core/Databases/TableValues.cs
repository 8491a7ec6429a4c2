namespace Migrations.Databases;

/// <summary>What a table of a scratch database holds, to be compared with what it holds later.</summary>
/// <param name="Table">The table, as <see cref="Schema.SchemaObject.Name"/> writes it.</param>
/// <param name="Rows">How many rows; null when they could not be counted.</param>
/// <param name="Digest">
/// A digest of all values that depends neither on the order of rows nor on that of columns; null when none was made.
/// </param>
/// <param name="RowHashes">A hash of each row; null when none were made, or the table has more than <see cref="MostHashes"/> rows.</param>
public sealed record TableValues(string Table, long? Rows, string? Digest = null, IReadOnlyList<long>? RowHashes = null)
{
    /// <summary>
    /// Up to how many rows a table's rows are kept one by one, so that a large table takes no more memory than a small one.
    /// </summary>
    public const int MostHashes = 250_000;

    /// <summary>
    /// Whether it is not a table but something else that holds values, or says whether they can be found: it is compared, and counts as no
    /// rows of a table.
    /// </summary>
    public bool IsOther { get; init; }
}
