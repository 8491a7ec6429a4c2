using Migrations.Integrity;
using Migrations.Schema;
using Migrations.Sql;

namespace Migrations.Adoption;

/// <summary>Says of a difference between database and replay which migration it comes from, as far as the scripts name it. Pure.</summary>
/// <param name="dialect">How the scripts are read.</param>
/// <param name="mapping">What is recorded, and what is not.</param>
internal sealed class DifferenceOrigin(ISqlDialect dialect, EntryMapping mapping)
{
    private readonly Dictionary<MigrationKey, HashSet<string>> _names = [];

    /// <summary>The difference in a sentence.</summary>
    public string Describe(SchemaDifference difference)
    {
        var sentence = SchemaChecks.Sentence(difference).TrimEnd('.');
        return difference.Kind switch
        {
            DifferenceKind.Removed when FirstThatNames(difference, mapping.Pairs.Select(p => p.Migration)) is { } recorded =>
                $"{sentence}; {recorded}, which is recorded as applied, makes it: it did not run, or not as it is now.",
            DifferenceKind.Added when FirstThatNames(difference, [.. mapping.UnmatchedFiles, .. mapping.Pending]) is { } pending =>
                $"{sentence}; {pending}, which is not recorded as applied, makes it: it was run by hand.",
            DifferenceKind.Added => $"{sentence}: no recorded migration makes it.",
            _ => sentence + ".",
        };
    }

    /// <summary>The difference from what some SQL makes, in a sentence.</summary>
    public static string Describe(SchemaDifference difference, string sql)
    {
        var sentence = SchemaChecks.Sentence(difference).TrimEnd('.');
        return difference.Kind switch
        {
            DifferenceKind.Removed => $"{sentence}; the SQL in '{sql}' makes it.",
            DifferenceKind.Added => $"{sentence}: the SQL in '{sql}' does not make it.",
            _ => sentence + ".",
        };
    }

    private Migration? FirstThatNames(SchemaDifference difference, IEnumerable<Migration> migrations)
    {
        var parts = difference.Name.Replace("\"", "", StringComparison.Ordinal).Split('.');
        var wanted = difference.ObjectType == SchemaObjectType.Column ? parts[^Math.Min(2, parts.Length)..] : parts[^1..];
        return migrations.FirstOrDefault(m => Array.TrueForAll(wanted, NamesOf(m).Contains));
    }

    private HashSet<string> NamesOf(Migration migration)
    {
        if (!_names.TryGetValue(migration.Key, out var names))
        {
            var text = migration.Up.ReadOriginalText();
            names = dialect
                .Tokenize(text)
                .Where(t => t.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName)
                .Select(t => t.In(text).Trim("\"`[]").ToString())
                .ToHashSet(StringComparer.OrdinalIgnoreCase);
            _names.Add(migration.Key, names);
        }

        return names;
    }
}
