namespace Migrations.Schema;

/// <summary>Writes the SQL that makes an object of one schema like that of another. Pure.</summary>
/// <param name="left">The schema that is expected.</param>
/// <param name="right">The schema that was found, which the SQL changes.</param>
internal sealed class SchemaFixes(SchemaSnapshot left, SchemaSnapshot right)
{
    /// <summary>
    /// The SQL; null where that is not certain. What would lose rows is never offered: dropping a table or a column, or recreating one.
    /// </summary>
    /// <param name="expected">The object as it should be; null when it should not be there.</param>
    /// <param name="found">The object as it is; null when it is not there.</param>
    public string? Of(SchemaObject? expected, SchemaObject? found)
    {
        if (found is null)
            return expected!.CreateSql;
        if (HoldsRows(found.Type) || found.Type is SchemaObjectType.Schema or SchemaObjectType.Extension or SchemaObjectType.Sequence)
            return null;
        if (expected is null)
            return found.DropSql;
        return CanReplace(expected, found) ? expected.ReplaceSql : Recreate(expected, found);
    }

    private static bool HoldsRows(SchemaObjectType type) =>
        type is SchemaObjectType.Table or SchemaObjectType.Column or SchemaObjectType.Type or SchemaObjectType.Domain;

    private static bool CanReplace(SchemaObject expected, SchemaObject found) =>
        expected.ReplaceSql is not null
        && expected.Kept is { } kept
        && found.Kept is { } old
        && kept.StartsWith(old, StringComparison.Ordinal);

    /// <summary>Drops it and what would go with it or hold it, and creates all of these.</summary>
    private string? Recreate(SchemaObject expected, SchemaObject found)
    {
        if (found.DropSql is null || expected.CreateSql is null)
            return null;
        var users = SchemaOrder.Of(new SchemaUsers(right).Of(found).Where(IsExpected));
        if (users.Exists(u => HoldsRows(u.Type) || u.DropSql is null))
            return null;
        var created = users.Select(Expected);
        IEnumerable<string?> statements =
        [
            .. users.Select(u => u.DropSql).Reverse(),
            found.DropSql,
            expected.CreateSql,
            .. created.Select(u => u.CreateSql),
        ];
        return string.Join(";\n", statements.Select(s => s!.TrimEnd().TrimEnd(';')));
    }

    private bool IsExpected(SchemaObject item) => Expected(item).CreateSql is not null;

    /// <summary>What an object that is found should be. What should not be there is dropped by a difference of its own, before.</summary>
    private SchemaObject Expected(SchemaObject item) =>
        left.Objects.FirstOrDefault(o => o.Type == item.Type && string.Equals(o.Name, item.Name, StringComparison.Ordinal))
        ?? item with
        {
            CreateSql = null,
        };
}
