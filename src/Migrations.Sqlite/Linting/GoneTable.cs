using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>A table that a script drops or renames, with what hung on it then.</summary>
/// <param name="Table">The table.</param>
/// <param name="Name">The name that it had.</param>
/// <param name="Statement">The statement.</param>
/// <param name="NewName">Its new name; null where it is dropped.</param>
internal sealed record GoneTable(KnownTable Table, string Name, ScriptStatement Statement, string? NewName)
{
    /// <summary>Its indexes and triggers.</summary>
    public required IReadOnlyList<KnownObject> Owned { get; init; }

    /// <summary>Tables with a foreign key to it.</summary>
    public required IReadOnlyList<KnownTable> Children { get; init; }

    /// <summary>Views, and triggers of other tables, that name it.</summary>
    public required IReadOnlyList<KnownObject> Users { get; init; }

    /// <summary>The names of all that refers to it.</summary>
    public IEnumerable<string> Referrers => Children.Select(c => c.Name).Concat(Users.Select(u => u.Name)).Distinct(StringComparer.Ordinal);
}
