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

    private readonly SqliteTokenCursor _tokens;
    private readonly SqliteClauseReader _clauses;
    private readonly SqliteTableText _table = new();
    private readonly List<(string? Name, List<SqliteToken> Text)> _checks = [];
    private readonly List<(SqliteColumnText Column, List<SqliteToken> Text)> _generated = [];

    private SqliteTableReader(string sql)
    {
        _tokens = new SqliteTokenCursor(SqliteTokenCursor.Read(sql));
        _clauses = new SqliteClauseReader(_tokens);
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
            else if (_clauses.ReadDeferral() is { } deferral)
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
        var word = _tokens.Take().Text.ToUpperInvariant();
        switch (word)
        {
            case "NOT" when _tokens.Skip("NULL"):
                column.NotNull = "NOT NULL" + _clauses.ReadConflict();
                return true;
            case "NULL":
                _ = _clauses.ReadConflict();
                return true;
            case "DEFAULT":
                column.Default = _clauses.ReadDefault();
                return true;
            case "COLLATE":
                column.Collation = SqliteNames.Fold(_tokens.Take().Name) is var collation && collation is "binary" ? null : collation;
                return true;
            case "AS":
                _generated.Add((column, _tokens.TakeParenthesised()));
                column.IsStored = _tokens.Skip("STORED");
                _ = _tokens.Skip("VIRTUAL");
                return true;
            default:
                return ReadColumnRule(word, column, name);
        }
    }

    private bool ReadColumnRule(string word, SqliteColumnText column, string? name)
    {
        var key = SqliteNames.Fold(column.Name);
        switch (word)
        {
            case "PRIMARY":
                ReadColumnKey(column, name);
                break;
            case "UNIQUE":
                AddKey(SqliteConstraintKind.Unique, name, [key], key, _clauses.ReadConflict());
                break;
            case "CHECK":
                _checks.Add((name, _tokens.TakeParenthesised()));
                _ = _clauses.ReadConflict();
                break;
            case "REFERENCES":
                ReadReference(name, [key]);
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
        var tail = _clauses.ReadConflict() + (_tokens.Skip("AUTOINCREMENT") ? " AUTOINCREMENT" : "");
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
            _ = _clauses.ReadConflict();
            return;
        }

        _ = _tokens.Skip("KEY");
        if (word.Is("PRIMARY") || word.Is("UNIQUE") || word.Is("FOREIGN"))
            ReadTableKey(word, name);
    }

    private void ReadTableKey(SqliteToken word, string? name)
    {
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
            _clauses.ReadConflict() + (isAutoincrement ? " AUTOINCREMENT" : "")
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
                Tail = _clauses.ReadActions(),
            }
        );
    }

    // It may stand apart from the foreign key, and then is about the last one.
    private void Defer(string deferral)
    {
        var at = _table.Constraints.FindLastIndex(c => c.Kind == SqliteConstraintKind.ForeignKey);
        if (at >= 0)
            _table.Constraints[at] = _table.Constraints[at] with
            {
                Tail = _table.Constraints[at].Tail.Replace(SqliteClauseReader.Deferred, "", StringComparison.Ordinal) + deferral,
            };
    }
}
