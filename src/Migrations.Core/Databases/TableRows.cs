namespace Migrations.Databases;

/// <summary>The rows of one table.</summary>
/// <param name="Table">The table.</param>
/// <param name="Insert">What stands before the rows: <c>INSERT INTO t (a, b) VALUES</c>.</param>
/// <param name="Query">A query for them in the order of their key, each value written as a literal.</param>
public sealed record TableRows(string Table, string Insert, string Query);
