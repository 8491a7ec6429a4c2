namespace Migrations.Databases;

/// <summary>A trigger, and what it does to rows of other tables, or to other rows of its own.</summary>
/// <param name="Name">Its name, as the database compares names.</param>
/// <param name="IsOfStatement">Whether it fires where a statement finds no row, too.</param>
/// <param name="Columns">The columns whose change fires it, as the database compares names; empty for all.</param>
/// <param name="Writes">What it does.</param>
public sealed record FiredTrigger(string Name, bool IsOfStatement, IReadOnlyList<string> Columns, IReadOnlyList<RowWrite> Writes)
{
    /// <summary>Whether a statement with these names in it may fire it.</summary>
    public bool MayBeFiredBy(IReadOnlySet<string> names) => Columns.Count == 0 || Columns.Any(names.Contains);
}
