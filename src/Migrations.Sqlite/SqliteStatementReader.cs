using System.Text;
using Migrations.Databases;

namespace Migrations.Sqlite;

/// <summary>
/// Cuts a script into statements where SQLite ends them: at a semicolon, and for CREATE TRIGGER at the semicolon after its last END
/// (the rule of <see href="https://sqlite.org/c3ref/complete.html">sqlite3_complete</see>).
/// </summary>
internal sealed class SqliteStatementReader(MigrationScript script, int bufferSize = 16 * 1024)
{
    private readonly StringBuilder _text = new();
    private Place _place;
    private int _index;
    private int _significantLength;
    private ScriptLocation? _start;

    private enum Place
    {
        Start,
        Statement,
        Explain,
        Create,
        Trigger,
        TriggerSemicolon,
        TriggerEnd,
    }

    /// <summary>Where a literal, comment, quoted name or trigger body begins that the script does not close; known once everything is read.</summary>
    public ScriptLocation? Unterminated { get; private set; }

    /// <summary>Reads the statements one by one; those without text are left out.</summary>
    public IEnumerable<ScriptStatement> Read()
    {
        using var tokens = new SqliteTokenReader(script.OpenText(), script.FirstLine, bufferSize);
        while (tokens.Read())
        {
            if (!tokens.IsTerminated)
                Unterminated = new ScriptLocation(script.File, tokens.Line, tokens.Column);
            if (SqliteLexer.IsBlank(tokens.Kind))
            {
                if (_start is not null)
                    _text.Append(tokens.Text);
                continue;
            }

            _place = Next(_place, tokens);
            if (_place != Place.Start)
                Append(tokens);
            else if (_start is not null)
                yield return Take();
        }

        if (_place is Place.Trigger or Place.TriggerSemicolon)
            Unterminated ??= _start;
        if (_start is not null)
            yield return Take();
    }

    private void Append(SqliteTokenReader tokens)
    {
        _start ??= new ScriptLocation(script.File, tokens.Line, tokens.Column);
        _text.Append(tokens.Text);
        _significantLength = _text.Length;
    }

    private ScriptStatement Take()
    {
        var statement = new ScriptStatement(_index++, _text.ToString(0, _significantLength), _start!);
        _text.Clear();
        _start = null;
        return statement;
    }

    private static Place Next(Place place, SqliteTokenReader tokens) => place switch
    {
        Place.Trigger or Place.TriggerSemicolon when tokens.Kind == SqlTokenKind.Semicolon => Place.TriggerSemicolon,
        Place.TriggerSemicolon when Is(tokens, "END") => Place.TriggerEnd,
        Place.Trigger or Place.TriggerSemicolon => Place.Trigger,
        _ when tokens.Kind == SqlTokenKind.Semicolon => Place.Start,
        Place.TriggerEnd => Place.Trigger,
        Place.Start when Is(tokens, "EXPLAIN") => Place.Explain,
        Place.Start or Place.Explain when Is(tokens, "CREATE") => Place.Create,
        Place.Explain when Is(tokens, "QUERY") || Is(tokens, "PLAN") => Place.Explain,
        Place.Create when Is(tokens, "TEMP") || Is(tokens, "TEMPORARY") => Place.Create,
        Place.Create when Is(tokens, "TRIGGER") => Place.Trigger,
        _ => Place.Statement,
    };

    private static bool Is(SqliteTokenReader tokens, string word) =>
        tokens.Kind == SqlTokenKind.Word && tokens.Text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
