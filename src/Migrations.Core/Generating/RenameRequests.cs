using Migrations.Integrity;
using Migrations.Schema;
using Migrations.Sql;

namespace Migrations.Generating;

/// <summary>What of two schemas is the same under another name: as the call says, or as the user answers.</summary>
/// <param name="dialect">How names are read.</param>
/// <param name="from">The schema that is there.</param>
/// <param name="to">The schema that is wanted.</param>
internal sealed class RenameRequests(ISqlDialect dialect, SchemaSnapshot from, SchemaSnapshot to)
{
    private readonly SqlNameReader _names = new(dialect);
    private readonly List<SchemaRename> _found = [];

    /// <summary>What looks like a rename and was not said to be one, one sentence each.</summary>
    public List<string> Unasked { get; } = [];

    /// <summary>The renames: of columns first, under the table's old name, then of tables.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: what is said fits neither schema.</exception>
    public IReadOnlyList<SchemaRename> Find(IReadOnlyList<string> said, Func<string, bool>? ask)
    {
        // Tables first: a column may be named under a table that is renamed too.
        foreach (var text in said.OrderBy(t => FindIn(from, t.Split('=')[0])?.Type == SchemaObjectType.Column))
            _found.Add(Parse(text));
        foreach (var table in Only(from, to, SchemaObjectType.Table))
            Consider(table, Only(to, from, SchemaObjectType.Table).FirstOrDefault(t => IsLike(table, t)), ask);
        foreach (var column in Only(from, to, SchemaObjectType.Column).Where(c => !IsTaken(c)))
            Consider(
                column,
                Only(to, from, SchemaObjectType.Column)
                    .FirstOrDefault(c => Same(c.Table, column.Table) && Same(c.Definition, column.Definition) && !IsTarget(c)),
                ask
            );
        return [.. _found.OrderBy(r => r.Column is null)];
    }

    private void Consider(SchemaObject old, SchemaObject? like, Func<string, bool>? ask)
    {
        if (like is null || IsTaken(old) || IsTarget(like))
            return;
        var question = $"Is the {SchemaWords.Of(old.Type)} {old.Name} renamed to {like.Name}";
        if (ask?.Invoke(question) == true)
            _found.Add(Rename(old, like));
        else
            Unasked.Add(
                $"{old.Name} is dropped and {like.Name} added. If that is the same under another name, ask for the "
                    + $"rename {old.Name}={LastOf(like)}."
            );
    }

    private SchemaRename Parse(string text)
    {
        var parts = text.Split('=', 2, StringSplitOptions.TrimEntries);
        var old = parts.Length == 2 ? FindIn(from, parts[0]) : null;
        if (old is null)
            throw Invalid(text, "what is left of the equals sign is no table or column that the migrations make");
        var last = SqlNameReader.Unquoted(parts[1].AsSpan(parts[1].LastIndexOf('.') + 1));
        var wanted = to.Objects.FirstOrDefault(o =>
            o.Type == old.Type
            && string.Equals(_names.LastName(o.Name), last, StringComparison.OrdinalIgnoreCase)
            && (old.Type == SchemaObjectType.Table || Same(o.Table, old.Table) || IsRenamedTable(old.Table!, o.Table!))
        );
        if (wanted is null || from.Objects.Any(o => o.Type == old.Type && Same(o.Name, wanted.Name)))
            throw Invalid(text, "what is right of it is no new table or column of the schema that is wanted");
        if (to.Objects.Any(o => o.Type == old.Type && Same(o.Name, old.Name)))
            throw Invalid(text, $"{old.Name} stays");
        return Rename(old, wanted);
    }

    private bool IsRenamedTable(string old, string wanted) =>
        _found.Exists(r => r.Column is null && Same(r.Table, old) && Same(r.NewTable, wanted));

    private SchemaObject? FindIn(SchemaSnapshot schema, string text)
    {
        var names = _names.Names(text).ToList();
        return schema.Objects.FirstOrDefault(o => o.Type == SchemaObjectType.Column && names.Count > 1 && EndsWith(o.Name, names))
            ?? schema.Objects.FirstOrDefault(o => o.Type == SchemaObjectType.Table && names.Count > 0 && EndsWith(o.Name, names));
    }

    private bool EndsWith(string name, List<string> last) =>
        _names.Names(name).TakeLast(last.Count).SequenceEqual(last, StringComparer.OrdinalIgnoreCase);

    private static SchemaRename Rename(SchemaObject old, SchemaObject wanted) =>
        old.Type == SchemaObjectType.Table
            ? new SchemaRename(old.Name, null, LastOf(wanted))
            : new SchemaRename(old.Table!, LastOf(old), LastOf(wanted));

    private static string LastOf(SchemaObject item) => SchemaRename.LastPart(item.Name);

    private bool IsTaken(SchemaObject old) =>
        _found.Exists(r =>
            old.Type == SchemaObjectType.Table
                ? r.Column is null && Same(r.Table, old.Name)
                : r.Column is not null && Same($"{r.Table}.{r.Column}", old.Name)
        );

    private bool IsTarget(SchemaObject wanted) =>
        _found.Exists(r => Same(r.Column is null ? r.NewTable : $"{r.Table}.{r.Name}", wanted.Name));

    /// <summary>Whether two tables have the same columns.</summary>
    private bool IsLike(SchemaObject old, SchemaObject wanted) =>
        Same(old.Definition, wanted.Definition) && Columns(from, old).SequenceEqual(Columns(to, wanted));

    private IEnumerable<(string, string)> Columns(SchemaSnapshot schema, SchemaObject table) =>
        schema
            .Objects.Where(o => o.Type == SchemaObjectType.Column && Same(o.Table, table.Name))
            .OrderBy(o => o.Position)
            .Select(o => (_names.LastName(o.Name), WithoutNames(o.Definition, table)));

    // The default of a serial column names the table.
    private string WithoutNames(string definition, SchemaObject table) =>
        definition.Contains("nextval", StringComparison.Ordinal)
            ? definition.Replace(_names.LastName(table.Name), "", StringComparison.Ordinal)
            : definition;

    /// <summary>What of a kind only one schema has; of columns, those of tables that both have.</summary>
    private static IEnumerable<SchemaObject> Only(SchemaSnapshot schema, SchemaSnapshot other, SchemaObjectType type) =>
        schema.Objects.Where(o =>
            o.Type == type
            && !other.Objects.Any(x => x.Type == type && Same(x.Name, o.Name))
            && (o.Table is null || other.Objects.Any(x => x.Type == SchemaObjectType.Table && Same(x.Name, o.Table)))
        );

    private static bool Same(string? one, string? other) => string.Equals(one, other, StringComparison.Ordinal);

    private static MigrationException Invalid(string text, string why) =>
        new(
            ErrorId.UsageInvalid,
            $"Invalid rename '{text}': {why}.",
            $"Write {CallOption.Rename.Of("table=new")} or {CallOption.Rename.Of("table.column=new")}."
        );
}
