using System.Text;
using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>Reads the beginning of a statement, without making texts of what it passes over.</summary>
internal ref struct StatementHeadReader
{
    private static readonly StatementHead Ordinary = new(StatementKind.Other);
    private static readonly StatementHead Overwriting = new(StatementKind.Other) { MayOverwrite = true };

    private readonly ReadOnlySpan<byte> _text;
    private ReadOnlySpan<byte> _token;
    private SqlTokenKind _kind;
    private int _at;
    private string? _schema;

    public StatementHeadReader(ReadOnlySpan<byte> text) => _text = text;

    /// <summary>Reads it.</summary>
    public StatementHead Read()
    {
        Next();
        // Most statements of long scripts.
        if (Is("INSERT"))
            return Overwriting;
        if (_kind == SqlTokenKind.Symbol && IsMark('.'))
            return new StatementHead(StatementKind.ShellCommand);
        return _kind == SqlTokenKind.Word ? ReadStatement(Upper()) : Ordinary;
    }

    private StatementHead ReadStatement(string word)
    {
        Next();
        return word switch
        {
            "BEGIN" => new StatementHead(StatementKind.Begin)
            {
                What = Is("DEFERRED") || Is("IMMEDIATE") || Is("EXCLUSIVE") ? Upper() : null,
            },
            "COMMIT" or "END" => new StatementHead(StatementKind.Commit),
            "ROLLBACK" => ReadRollback(),
            "SAVEPOINT" or "RELEASE" => new StatementHead(StatementKind.Savepoint),
            "VACUUM" => new StatementHead(StatementKind.Vacuum),
            "REINDEX" => new StatementHead(StatementKind.Reindex),
            "ANALYZE" => new StatementHead(StatementKind.Analyze),
            "ATTACH" => new StatementHead(StatementKind.Attach),
            "DETACH" => ReadDetach(),
            "PRAGMA" => ReadPragma(),
            "CREATE" => ReadCreate(),
            "DROP" => ReadDrop(),
            "ALTER" => ReadAlter(),
            "DELETE" or "WITH" => new StatementHead(StatementKind.Other) { MayDelete = true },
            "UPDATE" or "REPLACE" => Overwriting,
            _ => Ordinary,
        };
    }

    private StatementHead ReadRollback()
    {
        _ = Skip("TRANSACTION");
        return new StatementHead(Is("TO") ? StatementKind.Savepoint : StatementKind.Rollback);
    }

    private StatementHead ReadDetach()
    {
        _ = Skip("DATABASE");
        return new StatementHead(StatementKind.Detach) { Name = ReadName() };
    }

    private StatementHead ReadPragma()
    {
        var name = ReadQualifiedName()?.ToLowerInvariant();
        string? value = null;
        if (IsMark('=') || IsMark('('))
        {
            Next();
            value = Unquote();
            if (IsMark('-') || IsMark('+'))
            {
                Next();
                value += Token();
            }
        }

        return new StatementHead(StatementKind.Pragma)
        {
            Name = name,
            Schema = _schema,
            Value = value,
        };
    }

    private StatementHead ReadCreate()
    {
        var isTemporary = Skip("TEMP") || Skip("TEMPORARY");
        _ = Skip("VIRTUAL") || Skip("UNIQUE");
        var what = Upper();
        Next();
        if (Skip("IF"))
            _ = Skip("NOT") && Skip("EXISTS");
        var name = ReadQualifiedName();
        return new StatementHead(StatementKind.Create)
        {
            What = what,
            Name = name,
            Schema = _schema,
            IsTemporary = isTemporary || IsTemporarySchema,
            IsFromQuery = what is "TABLE" && Is("AS"),
        };
    }

    private readonly bool IsTemporarySchema => SqliteNames.Comparer.Equals(_schema, "temp");

    private StatementHead ReadDrop()
    {
        var what = Upper();
        Next();
        if (Skip("IF"))
            _ = Skip("EXISTS");
        return new StatementHead(StatementKind.Drop)
        {
            What = what,
            Name = ReadQualifiedName(),
            Schema = _schema,
        };
    }

    private StatementHead ReadAlter()
    {
        if (!Skip("TABLE"))
            return Ordinary;
        var table = ReadQualifiedName();
        if (Skip("RENAME"))
            return ReadRename(table);
        var kind =
            Is("ADD") ? StatementKind.AddColumn
            : Is("DROP") ? StatementKind.DropColumn
            : StatementKind.Other;
        Next();
        _ = Skip("COLUMN");
        return new StatementHead(kind)
        {
            Name = table,
            Schema = _schema,
            Column = ReadName(),
        };
    }

    private StatementHead ReadRename(string? table)
    {
        if (Skip("TO"))
            return new StatementHead(StatementKind.RenameTable)
            {
                Name = table,
                Schema = _schema,
                NewName = ReadName(),
            };
        _ = Skip("COLUMN");
        var column = ReadName();
        _ = Skip("TO");
        return new StatementHead(StatementKind.RenameColumn)
        {
            Name = table,
            Schema = _schema,
            Column = column,
            NewName = ReadName(),
        };
    }

    private string? ReadQualifiedName()
    {
        var name = ReadName();
        if (!IsMark('.'))
            return name;
        _schema = name;
        Next();
        return ReadName();
    }

    private string? ReadName()
    {
        var name = _kind is SqlTokenKind.Word or SqlTokenKind.QuotedName or SqlTokenKind.Literal ? Unquote() : null;
        Next();
        return name;
    }

    private readonly string Unquote() => SqliteNames.Unquote(Token());

    private readonly string Token() => Encoding.UTF8.GetString(_token);

    private readonly string Upper() => Token().ToUpperInvariant();

    private readonly bool Is(string word) => _kind == SqlTokenKind.Word && Ascii.EqualsIgnoreCase(_token, word);

    private readonly bool IsMark(char mark) => _token.Length == 1 && _token[0] == mark;

    private bool Skip(string word)
    {
        if (!Is(word))
            return false;
        Next();
        return true;
    }

    private void Next()
    {
        while (_at < _text.Length)
        {
            var start = _at;
            _at += SqliteLexer.Scan(_text[start..], out _kind, out _);
            if (SqliteLexer.IsBlank(_kind))
                continue;
            _token = _text[start.._at];
            return;
        }

        _kind = SqlTokenKind.WhiteSpace;
        _token = default;
    }
}
