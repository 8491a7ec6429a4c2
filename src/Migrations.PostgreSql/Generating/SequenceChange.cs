using Migrations.Schema;

namespace Migrations.PostgreSql;

/// <summary>Writes what changes a sequence (<see href="https://www.postgresql.org/docs/current/sql-altersequence.html"/>).</summary>
internal static class SequenceChange
{
    /// <summary>The statement: all options as they should be.</summary>
    public static string Write(SchemaObject wanted)
    {
        var options = wanted.CreateSql![wanted.CreateSql!.IndexOf(wanted.Name, StringComparison.Ordinal)..][wanted.Name.Length..].Trim();
        var cycle = options.EndsWith(" CYCLE", StringComparison.Ordinal) ? "" : " NO CYCLE";
        var owner = SchemaPairs.OwnerOf(wanted) is { } owned ? owned.Column : "NONE";
        return $"ALTER SEQUENCE {wanted.Name} {options}{cycle} OWNED BY {owner}";
    }
}
