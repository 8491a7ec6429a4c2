using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>What scripts name, read once before they run on a scratch database.</summary>
internal sealed class ScriptNames
{
    // Names stand at the beginning of statements, or in definitions of a usual size: not in the rows of a large INSERT.
    private const int LongestText = 256 * 1024;

    private readonly ReachReader _reader;
    private readonly List<string> _shared = [];

    private ScriptNames(ReachReader reader) => _reader = reader;

    /// <summary>All names, as the server keeps them.</summary>
    public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>The schemas that they create.</summary>
    public HashSet<string> Schemas { get; } = new(StringComparer.Ordinal);

    /// <summary>The extensions that they create.</summary>
    public HashSet<string> Extensions { get; } = new(StringComparer.Ordinal);

    /// <summary>The roles and databases that they create with statements of their own, which need not ask whether they are there.</summary>
    public HashSet<string> Shared { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether they change what all databases of a server share.</summary>
    public bool ReachCluster { get; private set; }

    /// <summary>Whether they execute text of which nothing is seen.</summary>
    public bool AreUnseen { get; private set; }

    /// <summary>Reads scripts.</summary>
    /// <param name="scripts">The scripts.</param>
    /// <param name="reader">Knows what is in the database already.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ScriptNames Read(IEnumerable<MigrationScript> scripts, ReachReader reader)
    {
        var names = new ScriptNames(reader);
        foreach (
            var piece in scripts
                .SelectMany(s => PostgreSqlStatementReader.Read(s, LongestText))
                .Where(p => p.Kind == SqlPieceKind.Statement)
        )
            names.Add(piece.Text);
        return names;
    }

    /// <summary>Whether a statement that changes what is shared names a database.</summary>
    public bool NameShared(string database) => _shared.Exists(s => s.Contains(database, StringComparison.OrdinalIgnoreCase));

    private void Add(string statement)
    {
        var found = _reader.Find(statement)?.Reach;
        AreUnseen |= found == Reach.Unseen;
        if (found == Reach.Cluster)
        {
            ReachCluster = true;
            _shared.Add(statement);
        }

        var tokens = ReachToken.Read(statement, line: 0);
        foreach (var token in tokens.Where(t => t.IsName))
            Names.Add(SqlNames.Plain(token.Text));
        if (tokens.Count > 2 && tokens[0].Word is "CREATE" && tokens[1].Word is "SCHEMA" or "EXTENSION")
            AddMade(tokens);
        if (MakesShared(tokens))
            Shared.Add(SqlNames.Plain(tokens[2].Text));
        AddFromBody(tokens);
    }

    private static bool MakesShared(List<ReachToken> tokens) =>
        tokens.Count > 2
        && tokens[0].Word is "CREATE"
        && tokens[1].Word is "ROLE" or "USER" or "GROUP" or "DATABASE"
        && !(tokens[1].Word is "USER" && tokens[2].Word is "MAPPING");

    private void AddMade(List<ReachToken> tokens)
    {
        var at = tokens[2].Word is "IF" && tokens.Count > 5 ? 5 : 2;
        at += tokens[at].Word is "AUTHORIZATION" && tokens.Count > at + 1 ? 1 : 0;
        (tokens[1].Word is "SCHEMA" ? Schemas : Extensions).Add(SqlNames.Plain(tokens[at].Text));
    }

    /// <summary>A block or a function may name and make them too.</summary>
    private void AddFromBody(List<ReachToken> tokens)
    {
        if (tokens.Count == 0 || tokens[0].Word is not ("DO" or "CREATE"))
            return;
        foreach (var body in tokens.Where(t => t.Kind == SqlTokenKind.Literal && t.Text.Length > 12))
        {
            var inside = ReachToken.Read(SqlLiterals.ValueOf(body.Text), line: 0);
            for (var i = 0; i < inside.Count; i++)
            {
                if (inside[i].IsName)
                    Names.Add(SqlNames.Plain(inside[i].Text));
                if (inside[i].Word is "CREATE" && i + 2 < inside.Count && inside[i + 1].Word is "SCHEMA" or "EXTENSION")
                    AddMade(inside[i..]);
            }
        }
    }
}
