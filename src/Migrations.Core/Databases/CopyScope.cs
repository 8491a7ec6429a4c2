using Migrations.Tables;

namespace Migrations.Databases;

/// <summary>Which tables are meant, and what the caller has decided about columns.</summary>
public sealed record CopyScope
{
    /// <summary>The tables, with wildcards; empty: all.</summary>
    public IReadOnlyList<string> Tables { get; init; } = [];

    /// <summary>The tables that are not, with wildcards.</summary>
    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary>The types of columns that the caller has chosen, by <c>table.column</c>.</summary>
    public IReadOnlyDictionary<string, ColumnType> Types { get; init; } =
        new Dictionary<string, ColumnType>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Why columns have these types, by <c>table.column</c>, where it is not the caller's choice.</summary>
    public IReadOnlyDictionary<string, string> Reasons { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The columns whose text is to be searched, as <c>table.column</c>.</summary>
    public IReadOnlyList<string> FullTexts { get; init; } = [];

    /// <summary>Whether rows with values that their columns cannot hold are left out.</summary>
    public bool Rejects { get; init; }

    /// <summary>Reads the choice of a type: <c>table.column=type</c>.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: it is malformed.</exception>
    public static (string Column, ColumnType Type) ParseType(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.LastIndexOf('=');
        if (at > 0 && ColumnType.TryParse(text[(at + 1)..], out var type))
            return (text[..at].Trim(), type);
        throw new MigrationException(
            ErrorId.UsageInvalid,
            $"Invalid choice of a type: '{text}'.",
            $"Write it as table.column=type, with one of the types {string.Join(", ", ColumnType.Known)} or numeric(p,s)."
        );
    }

    /// <summary>Why a column has its type.</summary>
    /// <param name="column">The column, as <c>table.column</c>.</param>
    public string ReasonOf(string column) => Reasons.GetValueOrDefault(column) ?? "chosen by the caller";

    /// <summary>Whether a table is meant.</summary>
    public bool Contains(string table) => (Tables.Count == 0 || Tables.Any(t => IsLike(table, t))) && !Excluded.Any(t => IsLike(table, t));

    // '*' and '?' as everywhere; names are compared without regard to case.
    private static bool IsLike(string name, string pattern) =>
        System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true);
}
