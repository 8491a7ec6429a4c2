namespace Migrations.Tables;

/// <summary>A SELECT of tables and their joins, so that one engine can read what another writes.</summary>
public sealed record SqlQuery
{
    /// <summary>Whether rows that are there several times come once.</summary>
    public bool IsDistinct { get; init; }

    /// <summary>What a row consists of.</summary>
    public required IReadOnlyList<QueryColumn> Columns { get; init; }

    /// <summary>Where the rows come from; empty for a single row of expressions.</summary>
    public IReadOnlyList<QuerySource> Sources { get; init; } = [];

    /// <summary>Which rows count; null for all.</summary>
    public SqlExpression? Where { get; init; }

    /// <summary>By what rows are put together.</summary>
    public IReadOnlyList<SqlExpression> GroupBy { get; init; } = [];

    /// <summary>Which groups count; null for all.</summary>
    public SqlExpression? Having { get; init; }

    /// <summary>By what rows are sorted.</summary>
    public IReadOnlyList<CopyIndexPart> OrderBy { get; init; } = [];

    /// <summary>How many rows there are at most; null for all.</summary>
    public SqlExpression? Limit { get; init; }
}

/// <summary>A column of a query.</summary>
/// <param name="Expression">What it holds.</param>
/// <param name="Name">Its name.</param>
public sealed record QueryColumn(SqlExpression Expression, string Name);

/// <summary>A table, or a view, of a query.</summary>
/// <param name="Table">Its name.</param>
/// <param name="Alias">The name by which the query knows it.</param>
/// <param name="Join">How it is joined to those before it.</param>
/// <param name="On">What must hold of rows that are joined; null for all pairs.</param>
public sealed record QuerySource(string Table, string Alias, JoinForm Join, SqlExpression? On);

/// <summary>How a table is joined.</summary>
public enum JoinForm
{
    /// <summary>Only rows that have a partner.</summary>
    Inner,

    /// <summary>All rows of those before it.</summary>
    Left,
}

/// <summary>A view to be copied.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Query">What it shows.</param>
/// <param name="Text">As the source has it.</param>
public sealed record CopyView(string Name, SqlQuery Query, string Text);
