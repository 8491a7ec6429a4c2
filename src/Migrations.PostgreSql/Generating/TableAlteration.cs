using Migrations.Schema;

namespace Migrations.PostgreSql;

/// <summary>Writes what changes a table itself, not its columns: row-level security, and whether it is logged.</summary>
internal static class TableAlteration
{
    private const string Unlogged = "UNLOGGED";
    private const string Enabled = "ENABLE ROW LEVEL SECURITY";
    private const string Forced = " FORCE";
    private const string OnlyForced = "FORCE ROW LEVEL SECURITY";

    /// <summary>The statements; null where something else differs.</summary>
    public static IReadOnlyList<string>? TryWrite(SchemaObject old, SchemaObject wanted)
    {
        if (!string.Equals(Rest(old), Rest(wanted), StringComparison.Ordinal))
            return null;
        var statements = new List<string>();
        Add(IsUnlogged(old), IsUnlogged(wanted), "SET UNLOGGED", "SET LOGGED");
        Add(IsEnabled(old), IsEnabled(wanted), Enabled, "DISABLE ROW LEVEL SECURITY");
        Add(IsForced(old), IsForced(wanted), OnlyForced, "NO FORCE ROW LEVEL SECURITY");
        return statements;

        void Add(bool was, bool becomes, string on, string off)
        {
            if (was != becomes)
                statements.Add($"ALTER TABLE {wanted.Name} {(becomes ? on : off)}");
        }
    }

    private static bool IsUnlogged(SchemaObject table) => table.Definition.StartsWith(Unlogged, StringComparison.Ordinal);

    private static bool IsEnabled(SchemaObject table) => table.Definition.Contains(Enabled, StringComparison.Ordinal);

    private static bool IsForced(SchemaObject table) =>
        table.Definition.Contains(Enabled + Forced, StringComparison.Ordinal)
        || (!IsEnabled(table) && table.Definition.Contains(OnlyForced, StringComparison.Ordinal));

    private static string Rest(SchemaObject table)
    {
        var rest = table.Definition;
        foreach (var part in (string[])[Unlogged, Enabled + Forced, Enabled, OnlyForced])
            rest = rest.Replace(part, "", StringComparison.Ordinal);
        return rest.Trim();
    }
}
