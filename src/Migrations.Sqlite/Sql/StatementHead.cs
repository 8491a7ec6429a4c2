using System.Text;

namespace Migrations.Sqlite;

/// <summary>The beginning of a statement, read as far as it says what the statement does.</summary>
internal sealed record StatementHead(StatementKind Kind)
{
    /// <summary>TABLE, INDEX, VIEW or TRIGGER for CREATE and DROP; the mode of BEGIN.</summary>
    public string? What { get; init; }

    /// <summary>The object, pragma or attached database; null when the text does not name one.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// The schema that the text names before <see cref="Name"/>: <c>main</c>, <c>temp</c> or an attached database; null when it names none.
    /// </summary>
    public string? Schema { get; init; }

    /// <summary>The column that is added, dropped or renamed.</summary>
    public string? Column { get; init; }

    /// <summary>The new name of a renamed table or column.</summary>
    public string? NewName { get; init; }

    /// <summary>A pragma's new value; null when it is only read.</summary>
    public string? Value { get; init; }

    /// <summary>Whether a table is created from a query, and so without keys.</summary>
    public bool IsFromQuery { get; init; }

    /// <summary>Whether what it creates lives as long as the connection.</summary>
    public bool IsTemporary { get; init; }

    /// <summary>Whether it may delete rows: a DELETE, or queries with names before something that may be one.</summary>
    public bool MayDelete { get; init; }

    /// <summary>Whether it may overwrite rows: an UPDATE; an INSERT that takes the place of rows, or that a trigger acts for.</summary>
    public bool MayOverwrite { get; init; }

    /// <summary>Whether it may take rows or values away.</summary>
    public bool MayLose => MayDelete || Kind is StatementKind.Drop or StatementKind.DropColumn;

    /// <summary>Whether it drops or renames a table.</summary>
    public bool RemovesTable => Kind == StatementKind.RenameTable || (Kind == StatementKind.Drop && What is "TABLE");

    /// <summary>Whether SQLite can only run it outside a transaction, or it has no effect inside one.</summary>
    public bool NeedsAutocommit =>
        Kind is StatementKind.Vacuum or StatementKind.Attach or StatementKind.Detach
        || (Kind == StatementKind.Pragma && SqlitePragmas.NeedsAutocommit(this));

    /// <summary>Reads a statement.</summary>
    public static StatementHead Read(string statement) => Read(Encoding.UTF8.GetBytes(statement));

    /// <summary>Reads a statement in UTF-8.</summary>
    public static StatementHead Read(ReadOnlySpan<byte> statement) => new StatementHeadReader(statement).Read();
}
