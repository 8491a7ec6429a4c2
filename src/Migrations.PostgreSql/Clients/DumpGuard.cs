using System.Globalization;
using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>
/// Refuses what a dump must not do while it is loaded: reach beyond its database. What <c>pg_dump</c> writes passes, definitions of foreign
/// servers and of functions
/// included, for nothing is done by them; a subscription passes when it does not connect. A dump is no program: whoever may write the file
/// may write anything into it.
/// </summary>
/// <param name="source">What is loaded: the path of a backup, or what else it is.</param>
/// <param name="acceptUnseen">Whether code that cannot be seen into may run; what visibly reaches further may not.</param>
internal sealed class DumpGuard(string source, bool acceptUnseen = false)
{
    private readonly ReachReader _reader = new();
    private readonly List<string> _unseen = [];
    private DumpedDefaults? _defaults;
    private Reach _armed;
    private Reach _armedByEvents;
    private bool _hasEscapes;
    private string _place = "";

    /// <summary>The names of the subscriptions that the dump makes; they do not connect.</summary>
    public List<string> Subscriptions { get; } = [];

    /// <summary>What runs code that cannot be seen into, and was accepted.</summary>
    public IReadOnlyList<string> Unseen => _unseen;

    /// <summary>Looks at what <c>pg_restore</c> would say to the server for an entry of an archive.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ReachesBeyondCopy"/>.</exception>
    public void Check(ArchiveEntry entry)
    {
        if (entry.IsOfDatabase)
            return;
        _place = $", {entry.Kind} {entry.Name}";
        CheckAll(entry.Make, isDrop: false);
        CheckAll(entry.Fill, isDrop: false);
        CheckAll(entry.Drop, isDrop: true);
    }

    private void CheckAll(string text, bool isDrop)
    {
        using var reader = new StringReader(text);
        // What fills a table ends behind COPY ... FROM stdin; its data lies elsewhere.
        foreach (var piece in PostgreSqlStatementReader.Read(reader).Where(p => p.Kind == SqlPieceKind.Statement))
        {
            if (!isDrop || new StatementWords(piece.Text)[0] is not "DROP")
                Check(piece.Text, line: null);
            isDrop = false;
        }
    }

    /// <summary>Looks at a statement before it is passed on.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="line">Its line; null when it stands in an archive.</param>
    /// <exception cref="MigrationException">
    /// <see cref="ErrorId.ReachesBeyondCopy"/>; or <see cref="ErrorId.UnseenCode"/>, which can be accepted.
    /// </exception>
    public void Check(string statement, int? line)
    {
        var words = new StatementWords(statement);
        if (words[0] is "COPY" or "INSERT" or "UPDATE" or "DELETE" or "MERGE" or "SELECT")
            CheckArmed(_armed, statement, line, "data behind a trigger or a rule");
        // pg_dump writes event triggers last, but for what is said of them.
        if (words[0] is "CREATE" or "ALTER" or "DROP" or "REFRESH" && !words.Contain("EVENT", "TRIGGER"))
            CheckArmed(_armedByEvents, statement, line, "a definition behind an event trigger");
        if (words.StartWith("SET STANDARD_CONFORMING_STRINGS"))
            _hasEscapes = !words.ContainAny(w => w is "ON" or "'on'");
        if (
            (words[0] is "SELECT" && words.Contain("SET_CONFIG") && !words.Contain("'search_path'"))
            || (_hasEscapes && HasEscapedQuote(statement))
        )
            throw Refuse(line, "what would let the server read the rest of the dump otherwise");
        _defaults ??= new DumpedDefaults(_reader);
        // No dump renames anything: what is not looked at here could then be taken under another name.
        if (_defaults.Any && words[0] is "ALTER" && (words.Contain("RENAME") || words.Contain("SET", "SCHEMA")))
            throw Refuse(line, "another name for what a table has by default");
        CheckReach(_defaults.Without(statement), words, line);
        if (words.StartWith("CREATE SUBSCRIPTION"))
            Subscriptions.Add(words[2]);
    }

    private void CheckReach(string statement, StatementWords words, int? line)
    {
        var (own, use) = _reader.Read(statement);
        if (own is { Reach: > Reach.Unseen } && !IsHarmless(words, own))
            throw Refuse(line + own.Line, own.What);
        // A dump defines functions and calls none that runs text; no pg_dump writes a block.
        if (own is { Reach: Reach.Unseen })
            Refuse(own, statement, line);
        // Loading calls what an index, a check, a computed column or a materialised view calls.
        if (use is not { Reach: >= Reach.Unseen } || (words[0] is "COPY" && _defaults!.IsPlainCopy(statement)))
            return;
        if (words[0] is "CREATE" && IsAny(words, "TRIGGER", "RULE"))
        {
            _armed = Farther(_armed, use.Reach);
            if (words.StartWith("CREATE EVENT TRIGGER"))
                _armedByEvents = Farther(_armedByEvents, use.Reach);
            // What is said of an event trigger may fire one.
            if (words.StartWith("CREATE EVENT TRIGGER") && use.Reach > Reach.Unseen)
                Refuse(use, statement, line);
        }
        else if (words[0] is not "CREATE" || !IsAny(words, "FUNCTION", "PROCEDURE", "VIEW", "AGGREGATE", "POLICY") || IsFilled(words))
            Refuse(use, statement, line);
    }

    private void CheckArmed(Reach armed, string statement, int? line, string what)
    {
        if (armed > Reach.Unseen)
            throw Refuse(line, what + " that reaches beyond the database");
        if (armed == Reach.Unseen)
            Refuse(new ReachFinding(armed, what + " that executes a text that is not seen", 0), statement, line);
    }

    private static Reach Farther(Reach one, Reach other) => one > other ? one : other;

    private static bool IsFilled(StatementWords words) => words[1] is "MATERIALIZED" && !words.Contain("NO", "DATA");

    /// <summary>A command of <c>psql</c> is refused, whatever it is: what is loaded is a dump.</summary>
    public MigrationException RefuseCommand(SqlPiece piece)
    {
        var text = piece.Text.Trim();
        var what = text.StartsWith('\\')
            ? $"the command {text.Split(' ', '\t')[0]} of psql"
            : "text behind COPY ... FROM STDIN; on its line";
        return new MigrationException(
            ErrorId.BackupInvalid,
            $"{source}:{piece.Line}: {what} does not belong in a dump; the dump was not loaded.",
            NextStep
        );
    }

    /// <summary>A dump is loaded in one transaction, which it can neither undo nor leave.</summary>
    public MigrationException RefuseTransaction(SqlPiece piece) =>
        new(
            ErrorId.BackupInvalid,
            $"{source}:{piece.Line}: {StatementName.Head(piece.Text)} does not belong in a dump; the dump was not loaded.",
            NextStep
        );

    /// <summary>A NUL character ends lines for <c>psql</c> where they do not end.</summary>
    public MigrationException RefuseNul(int line) =>
        new(ErrorId.BackupInvalid, $"{source}:{line}: there is a NUL character, which no dump has; the dump was not loaded.", NextStep);

    private const string NextStep = "Use a backup that is as it was written. To run a script of other statements, make it a migration.";

    private MigrationException Refuse(int? line, string what) =>
        new(
            ErrorId.ReachesBeyondCopy,
            $"{source}{(line is null ? _place : $":{line}")}: {what} reaches beyond the database that the dump is loaded into; "
                + "the dump was not loaded.",
            NextStep
        );

    /// <summary>Refuses what reaches further, or may: that can be accepted.</summary>
    private void Refuse(ReachFinding finding, string statement, int? line)
    {
        if (finding.Reach > Reach.Unseen)
            throw Refuse(line + finding.Line, finding.What);
        var named = (_place.Length > 0 ? _place[2..] : StatementName.Head(statement)) + ": " + finding.What;
        if (!acceptUnseen)
            throw new MigrationException(
                ErrorId.UnseenCode,
                $"{source}{(line is null ? "" : string.Create(CultureInfo.InvariantCulture, $":{line + finding.Line}"))}: {named} may "
                    + "reach beyond the database that the dump is loaded into: it cannot be seen into; the dump was not loaded.",
                "If the backup is your own, or you know who made it, run the command again with --accept-unseen-code."
            );
        if (!_unseen.Contains(named, StringComparer.Ordinal))
            _unseen.Add(named);
    }

    private static bool IsHarmless(StatementWords words, ReachFinding finding) =>
        finding.Reach == Reach.World
        && words[0] switch
        {
            "COMMENT" or "SECURITY" or "GRANT" or "REVOKE" => words.Contain("ON", "FOREIGN")
                || words.Contain("ON", "SERVER")
                || words.Contain("ON", "SUBSCRIPTION"),
            "CREATE" when words[1] is "SUBSCRIPTION" => StatementClassifier.SaysFalse(words, "CONNECT") && !words.Contain("ENABLED"),
            "ALTER" when words[1] is "SUBSCRIPTION" => words.Contain("OWNER", "TO"),
            "CREATE" or "ALTER" when IsAny(words, "FUNCTION", "PROCEDURE") => !LoadsOtherLibrary(words),
            "CREATE" or "ALTER" => IsAny(words, "EXTENSION", "SERVER", "MAPPING", "FOREIGN", "LANGUAGE"),
            _ => false,
        };

    /// <summary>Making a function in C loads its library: one that the server's administrator has installed, or any file.</summary>
    private static bool LoadsOtherLibrary(StatementWords words)
    {
        for (var i = 0; words[i].Length > 0; i++)
        {
            if (words[i] is "LANGUAGE" && words[i + 1].Trim('\'', '"') is "C" or "c")
                return !words.ContainAny(w =>
                    w.StartsWith("'$libdir/", StringComparison.Ordinal) && !w.Contains("..", StringComparison.Ordinal)
                );
        }

        return false;
    }

    /// <summary>
    /// Whether a quote stands behind an odd number of backslashes: with <c>standard_conforming_strings</c> off it ends no literal. No dump
    /// has one.
    /// </summary>
    private static bool HasEscapedQuote(string statement)
    {
        for (
            var at = statement.IndexOf("\\'", StringComparison.Ordinal);
            at >= 0;
            at = statement.IndexOf("\\'", at + 1, StringComparison.Ordinal)
        )
        {
            var first = at;
            while (first > 0 && statement[first - 1] == '\\')
                first--;
            if ((at - first) % 2 == 0)
                return true;
        }

        return false;
    }

    private static bool IsAny(StatementWords words, params string[] kinds) =>
        kinds.Any(kind => Enumerable.Range(1, 5).Any(i => string.Equals(words[i], kind, StringComparison.Ordinal)));
}
