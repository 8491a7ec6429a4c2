using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>Finds in scripts what the rules for SQLite are about.</summary>
/// <param name="facts">What the database has before the first script.</param>
internal sealed class SqliteLintReader(LintFacts facts) : ILintReader
{
    private readonly KnownSchema _schema = new(facts);
    private readonly HashSet<string> _wanted = new(StringComparer.Ordinal);
    private ScriptState _state = new(MigrationScript.OfText("", ""), isInTransaction: true);

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Wanted => _wanted;

    /// <inheritdoc/>
    public void Begin(MigrationScript script, int run, bool isInTransaction)
    {
        _schema.Run = run;
        _state = new ScriptState(script, isInTransaction);
    }

    /// <inheritdoc/>
    public IEnumerable<LintHazard> Read(ScriptStatement statement)
    {
        var head = StatementHead.Read(statement.Text);
        // Tables of another schema are no matter of the migrations.
        if (head.Schema is not null && !SqliteNames.Comparer.Equals(head.Schema, "main"))
            return [];
        _state.NamesSequence |= statement.Text.Contains("sqlite_sequence", StringComparison.OrdinalIgnoreCase);
        return head.Kind switch
        {
            StatementKind.Create => Create(statement, head),
            StatementKind.Drop => Drop(statement, head),
            StatementKind.RenameTable => RenameTable(statement, head),
            // Without a name it is no statement of SQL, which the database says.
            StatementKind.AddColumn
            or StatementKind.DropColumn
            or StatementKind.RenameColumn
            or StatementKind.Other when head.Name is not null => Alter(statement, head),
            StatementKind.Pragma => Pragmas(statement, head),
            StatementKind.Begin => Mark(true),
            StatementKind.Commit => Mark(false),
            StatementKind.Other => RowStatements.Read(_schema, _state, statement),
            _ => [],
        };
    }

    /// <inheritdoc/>
    public IEnumerable<LintHazard> End() => new TableRebuilds(_schema, _state).Read();

    private LintHazard[] Mark(bool isOpen)
    {
        _state.IsInOwnTransaction = isOpen;
        return [];
    }

    private IEnumerable<LintHazard> Create(ScriptStatement statement, StatementHead head)
    {
        if (KnownObject.Read(head, statement.Text) is { } other)
        {
            _schema.Make(other);
            if (other.Type is "TRIGGER")
                _state.Triggers.Add((statement, other));
        }
        else if (head is { What: "TABLE", Name: { } name })
        {
            // Where it is there already, IF NOT EXISTS makes nothing.
            var mayExist = statement.Text.Contains("EXISTS", StringComparison.OrdinalIgnoreCase) && _schema.TryFind(name) is not null;
            var table = mayExist ? _schema.Find(name) : _schema.Make(head, statement.Text);
            _state.Made[table.Name] = (statement, table);
            if (head.IsFromQuery)
                _state.Copies.Add((statement, table.Name, new ForecastCopy(statement)));
        }

        return QuotedTexts.InDefinition(_schema, statement, head);
    }

    private IEnumerable<LintHazard> Drop(ScriptStatement statement, StatementHead head)
    {
        if (head is not { What: "TABLE", Name: { } name })
        {
            if (head.Name is { } other)
                _schema.DropOther(other);
            return [];
        }

        var table = _schema.Find(name);
        TakeAway(table, statement, newName: null);
        _schema.Drop(table);
        return [];
    }

    private IEnumerable<LintHazard> RenameTable(ScriptStatement statement, StatementHead head)
    {
        if (head is not { Name: { } name, NewName: { } newName })
            return [];
        var table = _schema.Find(name);
        TakeAway(table, statement, SqliteNames.Fold(newName));
        _schema.Rename(table, newName);
        return [];
    }

    private void TakeAway(KnownTable table, ScriptStatement statement, string? newName)
    {
        if (!_schema.IsOld(table))
            return;
        Touch(table, statement);
        _state.Gone.Add(
            new GoneTable(table, table.Name, statement, newName)
            {
                Owned = _schema.OwnedBy(table.Name),
                Children = _schema.ChildrenOf(table.Name),
                Users = _schema.UsersOf(table.Name),
            }
        );
    }

    private List<LintHazard> Alter(ScriptStatement statement, StatementHead head)
    {
        var table = _schema.Find(head.Name!);
        if (_schema.IsOld(table))
            Touch(table, statement);
        return [.. new TableChanges(_schema, statement, head, table).Read()];
    }

    private void Touch(KnownTable table, ScriptStatement statement)
    {
        _wanted.Add(table.Origin);
        _state.SchemaChange ??= statement;
    }

    private IEnumerable<LintHazard> Pragmas(ScriptStatement statement, StatementHead head)
    {
        if (head is { Name: "legacy_alter_table", Value: { } value })
            _state.UsesLegacyRename |= value.ToUpperInvariant() is "ON" or "1" or "TRUE" or "YES";
        if (
            head is { Name: "writable_schema", Value: { } wanted }
            && wanted.ToUpperInvariant() is not ("OFF" or "0" or "FALSE" or "NO" or "RESET")
        )
            yield return new LintHazard("writable-schema", statement, "Lets the script write the table that SQLite keeps its schema in.");
        if (SqlitePragmas.SetsForeignKeys(head) && _state is { IsInTransaction: false, IsInOwnTransaction: true })
            yield return new LintHazard(
                "keys-pragma-in-transaction",
                statement,
                "Does nothing: SQLite passes over PRAGMA foreign_keys inside a transaction."
            )
            {
                Rewrite = [new LintStep("Before BEGIN", statement.Text + ";")],
            };
    }
}
