using Migrations.Schema;

namespace Migrations.PostgreSql;

/// <summary>
/// Writes what changes a column in its place (<see href="https://www.postgresql.org/docs/current/sql-altertable.html"/>).
/// </summary>
/// <param name="old">The column as it is.</param>
/// <param name="wanted">The column as it should be.</param>
/// <param name="converts">Whether values are converted that the server does not convert by itself.</param>
internal sealed class ColumnChange(SchemaObject old, SchemaObject wanted, bool converts)
{
    // What the server converts by itself when a column gets another type: pg_cast, implicit or on assignment, but for every type to text.
    private static readonly HashSet<string> Numbers = new(
        ["smallint", "integer", "bigint", "numeric", "real", "double precision"],
        StringComparer.Ordinal
    );

    private static readonly HashSet<string> Texts = new(["text", "character varying", "character"], StringComparer.Ordinal);

    private static readonly HashSet<string> Times = new(
        ["date", "timestamp without time zone", "timestamp with time zone"],
        StringComparer.Ordinal
    );

    private readonly ColumnBody _old = ColumnBody.Of(old);
    private readonly ColumnBody _wanted = ColumnBody.Of(wanted);

    /// <summary>The column as it should be.</summary>
    public SchemaObject Wanted => wanted;

    /// <summary>The column as it is.</summary>
    public SchemaObject Old => old;

    /// <summary>Whether it gets another type, so that what stands on it has to go meanwhile.</summary>
    public bool ChangesType =>
        !string.Equals(_old.Type, _wanted.Type, StringComparison.Ordinal)
        || !string.Equals(_old.Collation, _wanted.Collation, StringComparison.Ordinal);

    private bool NeedsCast => ChangesType && !IsConverted(Base(_old.Type), Base(_wanted.Type));

    /// <summary>Whether it refuses NULL from now on.</summary>
    public bool RefusesNull => _wanted.NotNull && !_old.NotNull;

    /// <summary>Whether what it is computed from differs, so that it is dropped and added: no value is lost by it.</summary>
    public bool IsComputedAnew => !string.Equals(_old.Computed, _wanted.Computed, StringComparison.Ordinal) && _wanted.Computed is not null;

    /// <summary>Why no statement is written; null where they are.</summary>
    public string? Undecided =>
        !string.Equals(_old.Others, _wanted.Others, StringComparison.Ordinal)
        || !string.Equals(_old.Compression, _wanted.Compression, StringComparison.Ordinal)
            ? $"The column {wanted.Name} differs in what no statement is written for: it is {old.Definition}, and should be "
                + $"{wanted.Definition}."
        : NeedsCast && !converts
            ? $"The column {wanted.Name} is {_old.Type} and should be {_wanted.Type}: PostgreSQL does not convert the values by itself. "
                + $"Write: ALTER TABLE {wanted.Table} ALTER COLUMN {Name} TYPE {_wanted.Type} USING <how>"
        : _old.Computed is null && IsComputedAnew
            ? $"The column {wanted.Name} should be computed, and its values would be lost: drop and add it."
        : null;

    /// <summary>The statements.</summary>
    public IEnumerable<string> Write()
    {
        if (IsComputedAnew)
            return [$"ALTER TABLE {wanted.Table} DROP COLUMN {Name}", wanted.CreateSql!];
        return Clauses().Select(c => $"ALTER TABLE {wanted.Table} ALTER COLUMN {Name} {c}").Concat(Numbering());
    }

    private string Name => ColumnBody.NameOf(wanted);

    private IEnumerable<string> Clauses()
    {
        if (_old.Computed is not null && _wanted.Computed is null)
            yield return "DROP EXPRESSION";
        if (_old.Identity is not null && _wanted.Identity is null)
            yield return "DROP IDENTITY";
        var defaultDiffers = !string.Equals(_old.Default, _wanted.Default, StringComparison.Ordinal);
        // A default of the old type may not be one of the new.
        if (_old.Default is not null && (_wanted.Default is null || (ChangesType && defaultDiffers)))
            yield return "DROP DEFAULT";
        if (ChangesType)
            yield return $"TYPE {_wanted.Type}"
                + (_wanted.Collation is null ? "" : $" COLLATE {_wanted.Collation}")
                + (NeedsCast ? $" USING {Name}::{_wanted.Type}" : "");
        if (_wanted.Default is not null && defaultDiffers)
            yield return $"SET DEFAULT {_wanted.Default}";
        if (_old.NotNull != _wanted.NotNull && (_wanted.NotNull || _wanted.Identity is null))
            yield return _wanted.NotNull ? "SET NOT NULL" : "DROP NOT NULL";
        if (_wanted.Identity is not null && !string.Equals(_old.Identity, _wanted.Identity, StringComparison.Ordinal))
            yield return _old.Identity is null ? $"ADD {_wanted.Identity}" : Renumbered(_wanted.Identity);
    }

    // Each option of a sequence takes a SET of its own.
    private static string Renumbered(string identity)
    {
        var open = identity.IndexOf('(', StringComparison.Ordinal);
        var kind = "SET " + (open < 0 ? identity : identity[..open]).Replace(" AS IDENTITY", "", StringComparison.Ordinal).Trim();
        if (open < 0)
            return kind;
        var options = identity[(open + 1)..^1]
            .Replace("START WITH", "SET START WITH", StringComparison.Ordinal)
            .Replace(" INCREMENT BY", " SET INCREMENT BY", StringComparison.Ordinal)
            .Replace(" MINVALUE", " SET MINVALUE", StringComparison.Ordinal)
            .Replace(" MAXVALUE", " SET MAXVALUE", StringComparison.Ordinal)
            .Replace(" CACHE", " SET CACHE", StringComparison.Ordinal)
            .Replace(" CYCLE", " SET CYCLE", StringComparison.Ordinal);
        return $"{kind} {options}";
    }

    // Numbers that are given from now on must not be those of rows that are there.
    private IEnumerable<string> Numbering()
    {
        if (_old.Identity is null && _wanted.Identity is not null)
            yield return $"SELECT setval(pg_get_serial_sequence({Literal(wanted.Table!)}, {Literal(SqlNames.Plain(Name))}), "
                + $"COALESCE(max({Name}), 0) + 1, false) FROM {wanted.Table}";
        if (_old.Default is null && _wanted.Default is { } numbered && numbered.StartsWith("nextval(", StringComparison.Ordinal))
            yield return $"SELECT setval({numbered["nextval(".Length..^1]}, COALESCE(max({Name}), 0) + 1, false) FROM {wanted.Table}";
    }

    private static string Literal(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    private static string Base(string type) =>
        type.IndexOf('(', StringComparison.Ordinal) is > 0 and var at
            ? (type[..at] + (type.IndexOf(')', StringComparison.Ordinal) is > 0 and var close ? type[(close + 1)..] : "")).Trim()
            : type;

    private static bool IsConverted(string from, string to) =>
        string.Equals(from, to, StringComparison.Ordinal)
        || Texts.Contains(to)
        || (Numbers.Contains(from) && Numbers.Contains(to))
        || (Times.Contains(from) && Times.Contains(to))
        || (from is "json" or "jsonb" && to is "json" or "jsonb");
}
