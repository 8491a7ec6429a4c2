using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>Finds in scripts what the rules for PostgreSQL are about.</summary>
/// <param name="facts">What the database has before the first script.</param>
internal sealed class PostgreSqlLintReader(LintFacts facts) : ILintReader
{
    private readonly KnownSchema _schema = new(facts);
    private readonly HashSet<string> _renamed = new(StringComparer.Ordinal);
    private bool _isInTransaction;

    // The first statement of the script's transaction that keeps everyone off a table that was there before.
    private (ScriptStatement Statement, string Table)? _locks;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Wanted => [];

    /// <inheritdoc/>
    public void Begin(MigrationScript script, int run, bool isInTransaction)
    {
        _schema.Run = run;
        _schema.BeginScript();
        (_isInTransaction, _locks) = (isInTransaction, null);
        _renamed.Clear();
    }

    /// <inheritdoc/>
    public IEnumerable<LintHazard> End() => [];

    /// <inheritdoc/>
    public IEnumerable<LintHazard> Read(ScriptStatement statement)
    {
        var words = new StatementWords(statement.Text);
        return words[0] switch
        {
            "CREATE" => Create(statement, words).Concat(LongNames.Find(statement)),
            "ALTER" => Alter(statement, words).Concat(LongNames.Find(statement)),
            "DROP" => Drop(statement, words),
            "UPDATE" or "DELETE" or "INSERT" or "MERGE" or "TRUNCATE" => Rows(statement, words),
            "REINDEX" or "CLUSTER" or "VACUUM" => Maintenance.Read(_schema, statement, words),
            "SET" => Settings(statement, words),
            "COMMIT" or "END" => EndTransaction(),
            _ => [],
        };
    }

    // One finding is enough: the script is to be cut there.
    private List<LintHazard> Rows(ScriptStatement statement, StatementWords words)
    {
        var found = RowStatements.Read(_schema, statement, words, _locks).ToList();
        if (found.Exists(f => f.Rule is "data-and-schema"))
            _locks = null;
        return found;
    }

    // What locks before COMMIT is free behind it.
    private IEnumerable<LintHazard> EndTransaction()
    {
        _locks = null;
        return [];
    }

    private IEnumerable<LintHazard> Create(ScriptStatement statement, StatementWords words)
    {
        var at = 1;
        while (words[at] is "UNLOGGED" or "TEMP" or "TEMPORARY" or "GLOBAL" or "LOCAL" or "OR" or "REPLACE" or "FOREIGN" or "RECURSIVE")
            at++;
        switch (words[at])
        {
            case "TABLE":
                CreatedTable.Read(_schema, words, at + 1);
                return [];
            case "SCHEMA":
                _schema.MakeSchema(words[words[at + 1] is "IF" ? at + 4 : at + 1]);
                return [];
            case "VIEW":
            case "MATERIALIZED":
                at += words[at] is "VIEW" ? 1 : 2;
                var mayExist = words[1] is "OR" || words[at] is "IF";
                at += words[at] is "IF" ? 3 : 0;
                _ = _schema.Make(SqlNames.Qualified(words, ref at), mayExist);
                return [];
            case "INDEX":
            case "UNIQUE" when words[at + 1] is "INDEX":
                return CreatedIndex.Read(_schema, statement, words, words[at] is "INDEX" ? at + 1 : at + 2);
            case "TYPE":
                return Enumerations.Create(_schema, statement, words);
            default:
                return [];
        }
    }

    private IEnumerable<LintHazard> Alter(ScriptStatement statement, StatementWords words)
    {
        switch (words[1])
        {
            case "TABLE" when words[2] is not "ALL":
                var altered = AlteredTable.Read(words, 2);
                var table = _schema.Find(altered.Name);
                // A check that is validated holds no one off.
                if (_isInTransaction && _schema.IsOld(table) && altered.Actions.Any(a => words[a.Start] is not "VALIDATE"))
                    _locks ??= (statement, table.Key);
                var found = new TableChanges(_schema, statement, words, altered, table, _isInTransaction).Read().ToList();
                if (words.Contain("RENAME", "TO"))
                    _renamed.Add(table.Key);
                return found;
            case "TYPE":
                return Enumerations.Alter(_schema, statement, words);
            default:
                return [];
        }
    }

    private IEnumerable<LintHazard> Drop(ScriptStatement statement, StatementWords words)
    {
        if (words[1] is "VIEW" or "MATERIALIZED")
        {
            foreach (var view in LossReader.Read(statement.Text))
                _schema.Drop(view.Name);
        }

        if (words[1] is not ("TABLE" or "SCHEMA"))
            yield break;
        foreach (var loss in LossReader.Read(statement.Text))
        {
            if (words[1] is "SCHEMA")
            {
                if (loss.Cascades && !_schema.IsNewSchema(loss.Name))
                    yield return new LintHazard("drop-table", statement, $"Drops the schema {LossReader.Shown(loss.Name)} and all in it.");
                continue;
            }

            var table = _schema.Find(loss.Name);
            if (_schema.IsOld(table))
            {
                if (_isInTransaction)
                    _locks ??= (statement, table.Key);
                yield return new LintHazard("drop-table", statement, $"Drops the table {LossReader.Shown(loss.Name)} with its rows.")
                {
                    Table = table.Origin,
                    // Its rows may be in what has its name at the end.
                    IsVoid = () => _renamed.Contains(table.Key),
                    Rewrite = PostgreSqlRewrites.DropTable(statement.Text, LossReader.Shown(loss.Name)),
                };
            }

            _schema.Drop(loss.Name);
        }
    }

    private static IEnumerable<LintHazard> Settings(ScriptStatement statement, StatementWords words)
    {
        var at = words[1] is "LOCAL" or "SESSION" ? 2 : 1;
        if (words[at] is "LOCK_TIMEOUT" && words[at + 2].Trim('\'') is "0" or "0s" or "0ms" or "0min" or "DEFAULT")
            yield return new LintHazard("lock-timeout-off", statement, "Switches the timeout for table locks off.")
            {
                Rewrite = [new LintStep("In its place", "-- no SET lock_timeout: the run sets one, and tries again")],
            };
    }
}
