namespace Migrations.Sqlite;

/// <summary>What a CREATE TABLE says, in normal form.</summary>
internal sealed class SqliteTableText
{
    /// <summary>The columns, in their order.</summary>
    public List<SqliteColumnText> Columns { get; } = [];

    /// <summary>The constraints, those of columns too.</summary>
    public List<SqliteConstraintText> Constraints { get; } = [];

    /// <summary>Whether it is WITHOUT ROWID.</summary>
    public bool WithoutRowid { get; set; }

    /// <summary>Whether it is STRICT.</summary>
    public bool Strict { get; set; }

    /// <summary>The columns of the primary key, in small letters; empty without one.</summary>
    public IReadOnlyList<string> PrimaryKey => Constraints.Find(c => c.Kind == SqliteConstraintKind.PrimaryKey)?.Columns ?? [];

    /// <summary>Whether a name in an expression is one of this table's.</summary>
    public bool HasColumn(string name) => Columns.Exists(c => SqliteNames.Comparer.Equals(c.Name, name));
}

/// <summary>A column of a CREATE TABLE.</summary>
/// <param name="Name">Its name as it is written, without quotes.</param>
internal sealed record SqliteColumnText(string Name)
{
    /// <summary>Its type in capitals; empty without one.</summary>
    public string Type { get; set; } = "";

    /// <summary><c>NOT NULL</c>, with what is done on a conflict; null when NULL is allowed.</summary>
    public string? NotNull { get; set; }

    /// <summary>The default; null without one.</summary>
    public string? Default { get; set; }

    /// <summary>The collation in small letters; null for the default one.</summary>
    public string? Collation { get; set; }

    /// <summary>What it is computed from; null for an ordinary column.</summary>
    public string? Generated { get; set; }

    /// <summary>Whether what is computed is stored.</summary>
    public bool IsStored { get; set; }

    /// <summary>All of it but the name.</summary>
    public string Definition
    {
        get
        {
            var parts = new[]
            {
                Type.Length == 0 ? "(no type)" : Type,
                Collation is null ? null : "COLLATE " + Collation,
                NotNull,
                Default is null ? null : "DEFAULT " + Default,
                Generated is null ? null : $"GENERATED ALWAYS AS ({Generated}) {(IsStored ? "STORED" : "VIRTUAL")}",
            };
            return string.Join(' ', parts.Where(p => p is not null));
        }
    }
}

/// <summary>What a constraint of a table asks for.</summary>
internal enum SqliteConstraintKind
{
    PrimaryKey,
    Unique,
    Check,
    ForeignKey,
}

/// <summary>A constraint of a CREATE TABLE, of a column or of the table.</summary>
/// <param name="Kind">What it asks for.</param>
/// <param name="Name">Its name without quotes; null without one.</param>
internal sealed record SqliteConstraintText(SqliteConstraintKind Kind, string? Name)
{
    /// <summary>Its columns in small letters.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>What it says before the columns of a parent: <c>UNIQUE (email)</c>, <c>FOREIGN KEY (user_id)</c>.</summary>
    public required string Text { get; init; }

    /// <summary>What it says after them: AUTOINCREMENT, what is done on a conflict, on delete.</summary>
    public string Tail { get; init; } = "";

    /// <summary>The table that a foreign key points to, without quotes.</summary>
    public string? Parent { get; init; }

    /// <summary>The columns that a foreign key points to, in small letters; empty for the parent's primary key.</summary>
    public IReadOnlyList<string> ParentColumns { get; init; } = [];
}
