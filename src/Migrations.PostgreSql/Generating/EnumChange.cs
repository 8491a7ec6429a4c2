using Migrations.Schema;
using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>
/// Writes what gives an enum other values. Adding is a statement of its own; a value cannot be removed, so then a new type takes the old
/// one's place (<see href="https://www.postgresql.org/docs/current/sql-altertype.html"/>).
/// </summary>
/// <param name="old">The type as it is.</param>
/// <param name="wanted">The type as it should be.</param>
internal sealed class EnumChange(SchemaObject old, SchemaObject wanted)
{
    private static readonly PostgreSqlDialect Dialect = new();

    private readonly List<string> _old = Values(old);
    private readonly List<string> _wanted = Values(wanted);

    /// <summary>The type as it is.</summary>
    public SchemaObject Old => old;

    /// <summary>The type as it should be.</summary>
    public SchemaObject Wanted => wanted;

    /// <summary>Whether both are enums.</summary>
    public static bool Is(SchemaObject old, SchemaObject wanted) => IsEnum(old) && IsEnum(wanted);

    /// <summary>The values that go.</summary>
    public IReadOnlyList<string> Removed => [.. _old.Except(_wanted, StringComparer.Ordinal)];

    /// <summary>Whether a new type takes its place.</summary>
    public bool IsReplaced => !_wanted.Where(v => _old.Contains(v)).SequenceEqual(_old, StringComparer.Ordinal);

    /// <summary>Whether a text has one of the values that come: in one transaction none can be used that was just added.</summary>
    public bool AddsWhatIsUsed(string sql) =>
        _wanted.Except(_old, StringComparer.Ordinal).Any(v => sql.Contains(v, StringComparison.Ordinal));

    /// <summary>The statements that add values.</summary>
    public IEnumerable<string> Add()
    {
        for (var i = 0; i < _wanted.Count; i++)
        {
            if (_old.Contains(_wanted[i]))
                continue;
            // Behind the one before it; before the first that was there.
            var place =
                i > 0
                    ? (
                        i == _wanted.Count - 1 && _old.Count > 0 && string.Equals(_wanted[i - 1], _old[^1], StringComparison.Ordinal)
                            ? ""
                            : $" AFTER {_wanted[i - 1]}"
                    )
                : _old.Count > 0 ? $" BEFORE {_old[0]}"
                : "";
            yield return $"ALTER TYPE {wanted.Name} ADD VALUE {_wanted[i]}{place}";
        }
    }

    /// <summary>The statements that put a new type into the place of the old one.</summary>
    /// <param name="columns">The columns of the type, as they are and as they should be.</param>
    public IEnumerable<string> Replace(IEnumerable<(SchemaObject Old, SchemaObject Wanted)> columns)
    {
        var plain = SqlNames.PlainLast(old.Name) + "_old";
        var kept = (SqlNames.PlainSchema(old.Name) is { } schema ? Shown(schema) + "." : "") + Shown(plain);
        yield return $"ALTER TYPE {old.Name} RENAME TO {Shown(plain)}";
        yield return wanted.CreateSql!;
        foreach (var (column, next) in columns)
        {
            var (body, after) = (ColumnBody.Of(column), ColumnBody.Of(next));
            var name = ColumnBody.NameOf(column);
            var alter = $"ALTER TABLE {column.Table} ALTER COLUMN {name} ";
            var text = body.Type.EndsWith("[]", StringComparison.Ordinal) ? "text[]" : "text";
            if (body.Default is not null)
                yield return alter + "DROP DEFAULT";
            yield return $"{alter}TYPE {body.Type} USING {name}::{text}::{body.Type}";
            // A default that differs is set where the column changes.
            if (after.Default is not null && string.Equals(column.Definition, next.Definition, StringComparison.Ordinal))
                yield return $"{alter}SET DEFAULT {after.Default}";
        }

        yield return $"DROP TYPE {kept}";
    }

    /// <summary>Whether a column is of the type, or an array of it.</summary>
    public bool IsOf(SchemaObject column)
    {
        var type = ColumnBody.Of(column).Type;
        return string.Equals(type, old.Name, StringComparison.Ordinal) || string.Equals(type, old.Name + "[]", StringComparison.Ordinal);
    }

    private static string Shown(string plain) =>
        plain.All(c => c is '_' or (>= 'a' and <= 'z') or (>= '0' and <= '9')) && !char.IsAsciiDigit(plain[0])
            ? plain
            : SqlNames.Quote(plain);

    private static bool IsEnum(SchemaObject type) => type.Definition.StartsWith("ENUM (", StringComparison.Ordinal);

    private static List<string> Values(SchemaObject type) =>
        [.. Dialect.Tokenize(type.CreateSql!).Where(t => t.Kind == SqlTokenKind.Literal).Select(t => t.In(type.CreateSql!).ToString())];
}
