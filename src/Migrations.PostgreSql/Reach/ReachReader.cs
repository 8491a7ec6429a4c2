using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>
/// Finds what of statements reaches beyond their database, also in the bodies of blocks and functions, and in literals that these execute.
/// A function or a view that reaches
/// further is no harm while it is only defined: what uses it later reaches as far as it does.
/// </summary>
internal sealed class ReachReader
{
    // The shortest statement that reaches anywhere (LOAD 'x') has that many characters.
    private const int ShortestStatement = 6;
    private const int DeepestBody = 6;

    private readonly Dictionary<(string Name, CarrierKind Kind), Reach> _carriers = [];
    private readonly List<(string Name, string Text)> _definitions = [];
    private readonly List<string> _added = [];

    /// <summary>
    /// The farthest that a statement reaches, by itself or by a function that it uses; null when it stays in its database.
    /// </summary>
    public ReachFinding? Find(string statement)
    {
        var (own, use) = Read(statement);
        return Farther(own, use);
    }

    /// <summary>How far a statement reaches by itself, and how far by the use of a function that was defined before.</summary>
    public (ReachFinding? Own, ReachFinding? Use) Read(string statement)
    {
        var tokens = ReachToken.Read(statement, line: 0);
        if (tokens.Count == 0)
            return default;
        var own = StatementReach.Of(tokens, 0) is { } head ? new ReachFinding(head.Reach, head.What, tokens[0].Line) : null;
        var (isRoutine, name) = Defined(tokens);
        if (name is null && _added.Count > 0)
            Settle();
        var inside = Search(tokens, isBody: false, 0);
        var use = UseOf(tokens);
        if (name is null)
            return (Farther(own, inside), use);
        _definitions.Add((name, statement));
        if (Farther(inside, use) is { } carried)
            Carry(name, carried.Reach, isRoutine ? CarrierKind.Routine : CarrierKind.View);
        return (own, null);
    }

    /// <summary>Takes note that writing to a table calls what reaches further.</summary>
    public void KnowTable(string table, Reach reach) => Carry(table, reach, CarrierKind.Table);

    private void Carry(string name, Reach reach, CarrierKind kind)
    {
        if (_carriers.GetValueOrDefault((name, kind)) >= reach)
            return;
        _carriers[(name, kind)] = reach;
        _added.Add(name);
    }

    /// <summary>A body may use what is defined after it: then it reaches as far, too.</summary>
    private void Settle()
    {
        for (var at = 0; at < _added.Count; at++)
        {
            foreach (var (name, text) in _definitions.Where(d => d.Text.Contains(_added[at], StringComparison.OrdinalIgnoreCase)))
            {
                var tokens = ReachToken.Read(text, line: 0);
                if (Farther(Search(tokens, isBody: false, 0), UseOf(tokens)) is { } carried)
                    Carry(name, carried.Reach, Defined(tokens).IsRoutine ? CarrierKind.Routine : CarrierKind.View);
            }
        }

        _added.Clear();
    }

    /// <summary>Takes note of a function that is there already.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="body">Its body; null when its language lets it reach anywhere.</param>
    public void Know(string function, string? body)
    {
        var reach = body is null ? Reach.World : Search(ReachToken.Read(body, line: 0), isBody: true, 1)?.Reach;
        if (reach is { } far)
            _carriers[(ReachToken.Folded(function), CarrierKind.Routine)] = far;
    }

    /// <summary>Takes note of a table or a view that is there already.</summary>
    /// <param name="relation">Its name.</param>
    /// <param name="isView">Whether reading it calls the function, and not only writing to it.</param>
    /// <param name="function">A function that its use calls; null when it lies on another server.</param>
    public void KnowRelation(string relation, bool isView, string? function)
    {
        var called =
            function is null || WorldFunctions.Contain("", ReachToken.Folded(function))
                ? Reach.World
                : _carriers.GetValueOrDefault((ReachToken.Folded(function), CarrierKind.Routine));
        if (called > Reach.Database)
            _ = _carriers.TryAdd((ReachToken.Folded(relation), isView ? CarrierKind.View : CarrierKind.Table), called);
    }

    private static ReachFinding? Farther(ReachFinding? one, ReachFinding? other) =>
        other is null || one?.Reach >= other.Reach ? one : other;

    /// <summary>
    /// Whether a statement defines a function or a procedure, and the name of that, or of the view that it defines; null where it does
    /// more.
    /// </summary>
    private static (bool IsRoutine, string? Name) Defined(List<ReachToken> tokens)
    {
        if (tokens[0].Word is not "CREATE")
            return (false, null);
        var at = tokens.FindIndex(
            1,
            t => t.Word is not ("OR" or "REPLACE" or "TEMP" or "TEMPORARY" or "LOCAL" or "RECURSIVE" or "MATERIALIZED")
        );
        if (
            at < 0
            || tokens[at].Word is not ("FUNCTION" or "PROCEDURE" or "VIEW")
            || (tokens[at - 1].Word is "MATERIALIZED" && tokens[^2].Word is not "NO")
        )
            return (false, null);
        var isRoutine = tokens[at].Word is not "VIEW";
        at += tokens.Count > at + 4 && tokens[at + 1].Word is "IF" ? 4 : 1;
        while (at + 2 < tokens.Count && tokens[at + 1].Word is ".")
            at += 2;
        return at < tokens.Count ? (isRoutine, tokens[at].Word) : (isRoutine, null);
    }

    /// <summary>
    /// Whether literals are run: bodies of blocks and functions, and what these, or functions of the server, execute. Elsewhere they are
    /// values.
    /// </summary>
    private static bool RunsText(List<ReachToken> tokens)
    {
        for (var at = 0; at < tokens.Count; at++)
        {
            var runs = tokens[at].Word switch
            {
                "DO" => at == 0 || BeginsStatement(tokens[at - 1]),
                "FUNCTION" or "PROCEDURE" => at is > 0 and < 4 && tokens[0].Word is "CREATE",
                "EXECUTE" => at + 1 < tokens.Count && tokens[at + 1].Word is not ("FUNCTION" or "PROCEDURE" or "ON"),
                var word => ExecutedText.IsRunBy(word),
            };
            if (runs)
                return true;
        }

        return false;
    }

    /// <summary>Whether a function is called that executes text which is not seen in it: it may be an argument.</summary>
    private bool RunsArgument(List<ReachToken> tokens)
    {
        for (var at = 0; at < tokens.Count && _carriers.Count > 0; at++)
        {
            if (CarriedAt(tokens, at) == Reach.Unseen)
                return true;
        }

        return false;
    }

    /// <summary>
    /// What uses a function that reaches further; to drop it, to give it to another owner, to comment on it, or to grant it is no use of
    /// it.
    /// </summary>
    private ReachFinding? UseOf(List<ReachToken> tokens)
    {
        if (
            _carriers.Count == 0
            || tokens[0].Word is "DROP" or "COMMENT" or "GRANT" or "REVOKE"
            || (
                tokens[0].Word is "ALTER"
                && (tokens.Count < 4 || tokens[1].Word is "FUNCTION" or "PROCEDURE" or "ROUTINE" || tokens[^3].Word is "OWNER")
            )
        )
            return null;
        ReachFinding? found = null;
        for (var at = 0; at < tokens.Count && found?.Reach != Reach.World; at++)
        {
            if (CarriedAt(tokens, at) is { } reach)
                found = Farther(found, new ReachFinding(reach, $"the use of {tokens[at].Text}", tokens[at].Line));
        }

        return found;
    }

    /// <summary>How far the function or view reaches that is used at a place: not every name is that of a function, or of a view.</summary>
    private Reach? CarriedAt(List<ReachToken> tokens, int at)
    {
        if (!tokens[at].IsName)
            return null;
        var reach = Reach.Database;
        if (Carries(CarrierKind.Table, out var carried) && IsWritten(tokens, at))
            reach = carried;
        if (Carries(CarrierKind.View, out carried) && carried > reach && IsRelation(tokens, at))
            reach = carried;
        if (Carries(CarrierKind.Routine, out carried) && carried > reach && IsCalled(tokens, at))
            reach = carried;
        return reach == Reach.Database ? null : reach;

        bool Carries(CarrierKind kind, out Reach far) => _carriers.TryGetValue((tokens[at].Word, kind), out far);
    }

    private static bool IsRelation(List<ReachToken> tokens, int at) =>
        at > 0 && tokens[at - 1].Word is "FROM" or "JOIN" or "VIEW" or "TABLE" or "ONLY" or "INTO" or "UPDATE" or "," or "." or "(";

    // What is made of functions names them alone: CREATE AGGREGATE ... (sfunc = f).
    private static bool IsCalled(List<ReachToken> tokens, int at) =>
        (at + 1 < tokens.Count && tokens[at + 1].Word is "(") || (at > 0 && tokens[at - 1].Word is "=");

    /// <summary>Whether the table at a place is written to, which fires its triggers and takes its values by default.</summary>
    private static bool IsWritten(List<ReachToken> tokens, int at)
    {
        while (at > 1 && tokens[at - 1].Word is ".")
            at -= 2;
        at -= at > 1 && tokens[at - 1].Word is "ONLY" ? 2 : 1;
        return at >= 0
            && tokens[at].Word switch
            {
                "INTO" or "UPDATE" or "COPY" or "TRUNCATE" => true,
                "FROM" => at > 0 && tokens[at - 1].Word is "DELETE",
                "TABLE" => at > 0 && tokens[at - 1].Word is "TRUNCATE",
                _ => false,
            };
    }

    private ReachFinding? Search(List<ReachToken> tokens, bool isBody, int depth)
    {
        ReachFinding? found = null;
        var readsLiterals = RunsText(tokens) || RunsArgument(tokens);
        for (var at = 0; at < tokens.Count; at++)
        {
            var token = tokens[at];
            // "..." is text in Perl and Tcl.
            if (
                readsLiterals
                && (
                    token.Kind == SqlTokenKind.Literal
                    || (token.Kind == SqlTokenKind.QuotedName && token.Text.Contains(' ', StringComparison.Ordinal))
                )
            )
                found = Farther(found, SearchLiteral(tokens, ref at, depth));
            else if (token.IsName)
                found = Farther(found, SearchWord(tokens, at, isBody));
            if (found?.Reach == Reach.World)
                return found;
        }

        return found
            ?? (
                ExecutedText.FindUnseen(tokens, isBody) is { } unseen
                    ? new ReachFinding(Reach.Unseen, $"{unseen.Text} of a text that is not seen", unseen.Line)
                    : null
            );
    }

    private ReachFinding? SearchWord(List<ReachToken> tokens, int at, bool isBody)
    {
        var token = tokens[at];
        if (isBody && (at == 0 || BeginsStatement(tokens[at - 1])) && StatementReach.Of(tokens, at) is { } statement)
            return new ReachFinding(statement.Reach, statement.What, token.Line);
        if (StatementReach.OfCatalogueChange(tokens, at) is { } change)
            return new ReachFinding(change.Reach, change.What, token.Line);
        if (IsWorldFunction(tokens, at))
            return new ReachFinding(Reach.World, token.Text + "()", token.Line);
        return isBody && CarriedAt(tokens, at) is { } reach ? new ReachFinding(reach, $"the use of {token.Text}", token.Line) : null;
    }

    private static bool IsWorldFunction(List<ReachToken> tokens, int at)
    {
        if (at + 1 >= tokens.Count || tokens[at + 1].Word is not "(")
            return false;
        var hasSchema = at > 1 && tokens[at - 1].Word is ".";
        var before = hasSchema ? at - 3 : at - 1;
        // A table of such a name, and what only names the function.
        var isNamed =
            before >= 0
            && tokens[before].Word
                is "TABLE"
                    or "EXISTS"
                    or "INTO"
                    or "ON"
                    or "REFERENCES"
                    or "COPY"
                    or "FUNCTION"
                    or "PROCEDURE"
                    or "ROUTINE";
        return !isNamed && WorldFunctions.Contain(hasSchema ? tokens[at - 2].Word : "", tokens[at].Word);
    }

    /// <summary>Whether a statement of a body begins behind a token.</summary>
    public static bool BeginsStatement(ReachToken before) =>
        before.Kind == SqlTokenKind.Semicolon || before.Word is "BEGIN" or "THEN" or "ELSE" or "LOOP" or "ATOMIC" or ">";

    /// <summary>
    /// Looks into a literal; literals that are put together, with whatever between, are read as one: what is not known stands in it as a
    /// name.
    /// </summary>
    private ReachFinding? SearchLiteral(List<ReachToken> tokens, ref int at, int depth)
    {
        var line = tokens[at].Line;
        var text = ExecutedText.Joined(tokens, ref at);
        return depth >= DeepestBody || text.Length < ShortestStatement
            ? null
            : Search(ReachToken.Read(text, line), isBody: true, depth + 1);
    }
}
