using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>A table as far as scripts and the database show it.</summary>
/// <param name="key">Its name, as rules know it.</param>
/// <param name="madeIn">The run that makes it; null where it was there before, or may have been.</param>
internal sealed class KnownTable(string key, int? madeIn)
{
    /// <summary>Its name, as rules know it.</summary>
    public string Key { get; set; } = key;

    /// <summary>The name that it was first known by; the database knows it by that as long as the scripts have not run.</summary>
    public string Origin { get; } = key;

    /// <summary>The run that makes it; null where it was there before, or may have been.</summary>
    public int? MadeIn { get; } = madeIn;

    /// <summary>The types of its columns, as far as they are known.</summary>
    public Dictionary<string, string> Columns { get; } = new(StringComparer.Ordinal);

    /// <summary>The columns that scripts add, with the run.</summary>
    public Dictionary<string, int> AddedIn { get; } = new(StringComparer.Ordinal);

    /// <summary>Columns that cannot be null.</summary>
    public HashSet<string> NotNull { get; } = new(StringComparer.Ordinal);

    /// <summary>Checks that say that a column is not null, by their names; once they are valid, the column is proven.</summary>
    public Dictionary<string, (string Column, bool IsValid)> NotNullChecks { get; } = new(StringComparer.Ordinal);

    /// <summary>Columns that the current script adds and that are NULL in every row so far.</summary>
    public HashSet<string> Unfilled { get; } = new(StringComparer.Ordinal);

    /// <summary>Names that the current script gives to other columns.</summary>
    public HashSet<string> RenamedTo { get; } = new(StringComparer.Ordinal);

    /// <summary>Constraints that the current script adds without a scan.</summary>
    public HashSet<string> AddedNotValid { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether it is partitioned.</summary>
    public bool IsPartitioned { get; set; }

    /// <summary>The statement of the current script that last wrote all its rows again; null when none did.</summary>
    public ScriptStatement? Rewritten { get; set; }

    /// <summary>Whether no row of a column can be null.</summary>
    public bool IsProven(string column) =>
        NotNull.Contains(column) || NotNullChecks.Values.Any(c => c.IsValid && string.Equals(c.Column, column, StringComparison.Ordinal));

    /// <summary>Takes over what the database knows.</summary>
    public void Learn(LintTable table)
    {
        IsPartitioned = table.IsPartitioned;
        foreach (var (name, type) in table.Columns)
            Columns[name] = StoredType.Normal(type);
        NotNull.UnionWith(table.NotNull);
    }

    /// <summary>Takes over a column of a definition.</summary>
    public void Add(ColumnDefinition column, int? run)
    {
        // A serial is an integer with a default.
        Columns[column.Name] = StoredType.IsSerial(column.Type) ? StoredType.OfSerial(column.Type) : column.Type;
        if (run is not null && !column.HasDefault && !column.IsNumbered && !column.IsComputed)
            Unfilled.Add(column.Name);
        if (run is { } added)
            AddedIn[column.Name] = added;
        if (column.IsNotNull || StoredType.IsSerial(column.Type))
            NotNull.Add(column.Name);
    }

    /// <summary>A column has another name now.</summary>
    public void Rename(string column, string name)
    {
        RenamedTo.Add(name);
        Unfilled.Remove(column);
        if (Columns.Remove(column, out var type))
            Columns[name] = type;
        if (AddedIn.Remove(column, out var run))
            AddedIn[name] = run;
        if (NotNull.Remove(column))
            NotNull.Add(name);
    }

    /// <summary>A column is gone.</summary>
    public void Drop(string column)
    {
        Columns.Remove(column);
        AddedIn.Remove(column);
        NotNull.Remove(column);
        Unfilled.Remove(column);
    }

    /// <summary>Another script begins.</summary>
    public void BeginScript()
    {
        AddedNotValid.Clear();
        RenamedTo.Clear();
        Rewritten = null;
        Unfilled.Clear();
    }

    /// <summary>Rows of it change: what was NULL may have a value.</summary>
    public void Write()
    {
        Unfilled.Clear();
        Rewritten = null;
    }
}
