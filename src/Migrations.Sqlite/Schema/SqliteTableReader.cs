using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>
/// Reads a CREATE TABLE as SQLite stores it (<see href="https://sqlite.org/lang_createtable.html"/>). The text is known to be right,
/// because SQLite has accepted it; pragmas do not show checks, names of constraints or what may be deferred.
/// </summary>
internal sealed class SqliteTableReader
{
    private static readonly string[] TableConstraints = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];
    private static readonly string[] ColumnConstraints =
    [
        "CONSTRAINT",
        "DEFAULT",
        "NULL",
        "NOT",
        "PRIMARY",
        "UNIQUE",
        "CHECK",
        "REFERENCES",
        "COLLATE",
        "AS",
    ];

    private const string Deferred = " DEFERRABLE INITIALLY DEFERRED";

    private readonly SqliteTokenCursor _tokens;
    private readonly SqliteTableText _table = new();
    private readonly List<(string? Name, List<SqliteToken> Text)> _checks = [];
    private readonly List<(SqliteColumnText Column, List<SqliteToken> Text)> _generated = [];

    private SqliteTableReader(string sql)
    {
        _tokens = new SqliteTokenCursor(SqliteTokenCursor.Read(sql));
        _ = _tokens.SkipCreate("TABLE");
    }

    /// <summary>Reads it.</summary>
    public static SqliteTableText Read(string sql) => new SqliteTableReader(sql).Read();

    private SqliteTableText Read()
    {
        _ = _tokens.Skip('(');
        while (!_tokens.IsAtEnd && !_tokens.Skip(')'))
        {
            if (_tokens.Skip(','))
                continue;
            if (Array.Exists(TableConstraints, _tokens.Current.Is))
                ReadTableConstraint();
            else
                ReadColumn();
        }

        while (!_tokens.IsAtEnd)
        {
            var option = _tokens.Take();
            _table.WithoutRowid |= option.Is("WITHOUT");
            _table.Strict |= option.Is("STRICT");
        }

        WriteExpressions();
        return _table;
    }

    // Only now all columns are known, and with them what is a name.
    private void WriteExpressions()
    {
        foreach (var (name, text) in _checks)
            _table.Constraints.Add(
                new SqliteConstraintText(SqliteConstraintKind.Check, name)
                {
                    Text = $"CHECK ({SqliteNormalForm.WriteExpression(text, _table.HasColumn)})",
                    Columns = Named(text),
                }
            );
        foreach (var (column, text) in _generated)
            column.Generated = SqliteNormalForm.WriteExpression(text, _table.HasColumn);
    }

    private List<string> Named(List<SqliteToken> text) =>
        [.. text.Select(t => t.Name).Where(_table.HasColumn).Select(SqliteNames.Fold).Distinct(StringComparer.Ordinal)];

    private void ReadColumn()
    {
        var column = new SqliteColumnText(_tokens.Take().Name);
        _table.Columns.Add(column);
        column.Type = ReadType();
        string? name = null;
        while (!_tokens.IsAtEnd && !_tokens.Current.Is(',') && !_tokens.Current.Is(')'))
        {
            if (_tokens.Skip("CONSTRAINT"))
                name = _tokens.Take().Name;
            else if (ReadDeferral() is { } deferral)
                Defer(deferral);
            else if (ReadColumnConstraint(column, name))
                name = null;
        }
    }

    private string ReadType()
    {
        var words = new List<SqliteToken>();
        while (!_tokens.IsAtEnd && !_tokens.Current.Is(',') && !_tokens.Current.Is(')') && !_tokens.Current.Is('(') && !EndsType())
            words.Add(_tokens.Take());
        var type = string.Join(' ', words.Select(w => w.Name)).ToUpperInvariant();
        return type.Length > 0 && _tokens.Current.Is('(')
            ? $"{type}({SqliteNormalForm.Write(_tokens.TakeParenthesised()).Replace("- ", "-", StringComparison.Ordinal)})"
            : type;
    }

    private bool EndsType() =>
        Array.Exists(ColumnConstraints, _tokens.Current.Is) || (_tokens.Current.Is("GENERATED") && _tokens.Ahead(1).Is("ALWAYS"));

    private bool ReadColumnConstraint(SqliteColumnText column, string? name)
    {
        var word = _tokens.Take();
        switch (word.Text.ToUpperInvariant())
        {
            case "NOT" when _tokens.Skip("NULL"):
                column.NotNull = "NOT NULL" + ReadConflict();
                break;
            case "NULL":
                _ = ReadConflict();
                break;
            case "DEFAULT":
                column.Default = ReadDefault();
                break;
            case "COLLATE":
                column.Collation = SqliteNames.Fold(_tokens.Take().Name) is var collation && collation is "binary" ? null : collation;
                break;
            case "PRIMARY":
                ReadColumnKey(column, name);
                break;
            case "UNIQUE":
                AddKey(SqliteConstraintKind.Unique, name, [SqliteNames.Fold(column.Name)], SqliteNames.Fold(column.Name), ReadConflict());
                break;
            case "CHECK":
                _checks.Add((name, _tokens.TakeParenthesised()));
                _ = ReadConflict();
                break;
            case "REFERENCES":
                ReadReference(name, [SqliteNames.Fold(column.Name)]);
                break;
            case "AS":
                _generated.Add((column, _tokens.TakeParenthesised()));
                column.IsStored = _tokens.Skip("STORED");
                _ = _tokens.Skip("VIRTUAL");
                break;
            default:
                return false;
        }

        return true;
    }

    // A column's own INTEGER PRIMARY KEY DESC is not another name of the rowid, unlike all other ways to write it
    // (https://sqlite.org/lang_createtable.html#rowid).
    private void ReadColumnKey(SqliteColumnText column, string? name)
    {
        _ = _tokens.Skip("KEY");
        _ = _tokens.Skip("ASC");
        var isDescending = _tokens.Skip("DESC");
        var tail = ReadConflict() + (_tokens.Skip("AUTOINCREMENT") ? " AUTOINCREMENT" : "");
        var key = SqliteNames.Fold(column.Name);
        var isNoAlias = isDescending && column.Type is "INTEGER";
        AddKey(SqliteConstraintKind.PrimaryKey, name, [key], isDescending ? key + " DESC" : key, isNoAlias ? tail + " NOT ROWID" : tail);
    }

    private void ReadTableConstraint()
    {
        string? name = null;
        while (_tokens.Skip("CONSTRAINT"))
            name = _tokens.Take().Name;
        // SQLite takes a name without a constraint, too.
        if (!Array.Exists(TableConstraints, _tokens.Current.Is))
            return;
        var word = _tokens.Take();
        if (word.Is("CHECK"))
        {
            _checks.Add((name, _tokens.TakeParenthesised()));
            _ = ReadConflict();
            return;
        }

        _ = _tokens.Skip("KEY");
        if (!word.Is("PRIMARY") && !word.Is("UNIQUE") && !word.Is("FOREIGN"))
            return;
        var list = _tokens.TakeParenthesised();
        var isAutoincrement = list.Count > 0 && list[^1].Is("AUTOINCREMENT");
        if (isAutoincrement)
            list.RemoveAt(list.Count - 1);
        List<string> columns = [.. SqliteTokenCursor.SplitAtCommas(list).Where(i => i.Count > 0).Select(i => SqliteNames.Fold(i[0].Name))];
        if (word.Is("FOREIGN"))
        {
            _ = _tokens.Skip("REFERENCES");
            ReadReference(name, columns);
            return;
        }

        var kind = word.Is("PRIMARY") ? SqliteConstraintKind.PrimaryKey : SqliteConstraintKind.Unique;
        AddKey(
            kind,
            name,
            columns,
            SqliteNormalForm.WriteKey(list, isName: null),
            ReadConflict() + (isAutoincrement ? " AUTOINCREMENT" : "")
        );
    }

    private void AddKey(SqliteConstraintKind kind, string? name, List<string> columns, string list, string tail) =>
        _table.Constraints.Add(
            new SqliteConstraintText(kind, name)
            {
                Columns = columns,
                Text = $"{(kind == SqliteConstraintKind.PrimaryKey ? "PRIMARY KEY" : "UNIQUE")} ({list})",
                Tail = tail,
            }
        );

    private void ReadReference(string? name, List<string> columns)
    {
        var parent = _tokens.Take().Name;
        List<string> parentColumns = _tokens.Current.Is('(')
            ?
            [
                .. SqliteTokenCursor
                    .SplitAtCommas(_tokens.TakeParenthesised())
                    .Where(i => i.Count > 0)
                    .Select(i => SqliteNames.Fold(i[0].Name)),
            ]
            : [];
        _table.Constraints.Add(
            new SqliteConstraintText(SqliteConstraintKind.ForeignKey, name)
            {
                Columns = columns,
                Text = $"FOREIGN KEY ({string.Join(", ", columns)})",
                Parent = parent,
                ParentColumns = parentColumns,
                Tail = ReadActions(),
            }
        );
    }

    // What SQLite reads over, and what holds anyway when nothing is said, is left out.
    private string ReadActions()
    {
        var (onDelete, onUpdate, deferral) = ("", "", "");
        while (true)
        {
            if (_tokens.Current.Is("ON") && !_tokens.Ahead(1).Is("CONFLICT"))
            {
                _ = _tokens.Take();
                var what = _tokens.Take();
                var action = ReadAction();
                if (what.Is("DELETE"))
                    onDelete = action.Length == 0 ? "" : " ON DELETE " + action;
                else if (what.Is("UPDATE"))
                    onUpdate = action.Length == 0 ? "" : " ON UPDATE " + action;
            }
            else if (_tokens.Skip("MATCH"))
                _ = _tokens.Take();
            else if (ReadDeferral() is { } text)
                deferral = text;
            else
                return onDelete + onUpdate + deferral;
        }
    }

    private string ReadAction()
    {
        var action = _tokens.Take().Text.ToUpperInvariant();
        if (action is "SET" or "NO")
            action += " " + _tokens.Take().Text.ToUpperInvariant();
        return action is "NO ACTION" ? "" : action;
    }

    // It may stand apart from the foreign key, and then is about the last one.
    private void Defer(string deferral)
    {
        var at = _table.Constraints.FindLastIndex(c => c.Kind == SqliteConstraintKind.ForeignKey);
        if (at >= 0)
            _table.Constraints[at] = _table.Constraints[at] with
            {
                Tail = _table.Constraints[at].Tail.Replace(Deferred, "", StringComparison.Ordinal) + deferral,
            };
    }

    private string? ReadDeferral()
    {
        var isNot = _tokens.Current.Is("NOT") && _tokens.Ahead(1).Is("DEFERRABLE");
        if (isNot)
            _ = _tokens.Take();
        if (!_tokens.Skip("DEFERRABLE"))
            return null;
        var isDeferred = _tokens.Skip("INITIALLY") && _tokens.Take().Is("DEFERRED");
        return isDeferred && !isNot ? Deferred : "";
    }

    private string ReadConflict()
    {
        if (!_tokens.Current.Is("ON") || !_tokens.Ahead(1).Is("CONFLICT"))
            return "";
        _ = _tokens.Take();
        _ = _tokens.Take();
        var action = _tokens.Take().Text.ToUpperInvariant();
        return action is "ABORT" ? "" : " ON CONFLICT " + action;
    }

    private string ReadDefault()
    {
        if (_tokens.Current.Is('('))
            return Default(SqliteNormalForm.WriteExpression(_tokens.TakeParenthesised(), static _ => false));
        if (_tokens.Current.Is('+') || _tokens.Current.Is('-'))
            return (_tokens.Take().Is('-') ? "-" : "") + SqliteNormalForm.Write([_tokens.Take()]);
        var value = _tokens.Take();
        // A name is a literal here, but for the words of a truth value and the time.
        return value.Kind == SqlTokenKind.QuotedName || (value.Kind == SqlTokenKind.Word && !IsValue(value.Text))
                ? SqliteNormalForm.Literal(value.Name)
            : value.Kind == SqlTokenKind.Word ? value.Text.ToUpperInvariant()
            : SqliteNormalForm.Write([value]);
    }

    private static bool IsValue(string word) =>
        word.ToUpperInvariant() is "NULL" or "TRUE" or "FALSE" or "CURRENT_DATE" or "CURRENT_TIME" or "CURRENT_TIMESTAMP";

    // A single value means the same with and without parentheses; anything else needs them.
    private static string Default(string expression)
    {
        var tokens = SqliteTokenCursor.Read(expression);
        return tokens switch
        {
            [{ Kind: SqlTokenKind.Literal or SqlTokenKind.Number }] => expression,
            [var sign, { Kind: SqlTokenKind.Number }] when sign.Is('-') => "-" + tokens[1].Text,
            [{ Kind: SqlTokenKind.Word } word] when IsValue(word.Text) => word.Text.ToUpperInvariant(),
            _ => $"({expression})",
        };
    }
}
