using Migrations.Sql;

namespace Migrations.Databases;

/// <summary>
/// What the scripts change that run before one of the same plan. Each is read once, and only when something depends on it: the questions
/// of a plan come in its order, and each knows the scripts of the one before.
/// </summary>
/// <param name="dialect">How scripts are read.</param>
/// <param name="names">How the database compares names.</param>
/// <param name="makes">The tables that a statement makes out of others, or gives a new name: each is another one by now, or not yet
/// there.</param>
/// <param name="keeps">Whether a statement is one that has to be followed itself.</param>
public sealed class EarlierScripts(
    ISqlDialect dialect,
    IEqualityComparer<string> names,
    Func<string, IEnumerable<string>> makes,
    Predicate<string> keeps
)
{
    private readonly List<string> _kept = [];
    private readonly List<MigrationScript> _read = [];
    private ScriptWrites _writes = new(dialect);
    private HashSet<string> _made = new(names);

    /// <summary>What they have changed.</summary>
    /// <param name="scripts">The scripts, first one first.</param>
    public ScriptWrites WritesOf(IReadOnlyList<MigrationScript> scripts)
    {
        Read(scripts);
        return _writes;
    }

    /// <summary>Whether one of them makes a table out of others, or gives one its name.</summary>
    /// <param name="scripts">The scripts, first one first.</param>
    /// <param name="table">The table's name.</param>
    public bool Make(IReadOnlyList<MigrationScript> scripts, string table)
    {
        Read(scripts);
        return _made.Contains(table);
    }

    /// <summary>Their statements that have to be followed themselves.</summary>
    /// <param name="scripts">The scripts, first one first.</param>
    public IReadOnlyList<string> Kept(IReadOnlyList<MigrationScript> scripts)
    {
        Read(scripts);
        return _kept;
    }

    private void Read(IReadOnlyList<MigrationScript> scripts)
    {
        if (_read.Count > scripts.Count || _read.Where((script, at) => !ReferenceEquals(script, scripts[at])).Any())
            Forget();
        foreach (var script in scripts.Skip(_read.Count))
        {
            foreach (var statement in dialect.Split(script))
            {
                _writes.Observe(statement.Text);
                _made.UnionWith(makes(statement.Text));
                if (keeps(statement.Text))
                    _kept.Add(statement.Text);
            }

            _read.Add(script);
        }
    }

    private void Forget()
    {
        _read.Clear();
        _kept.Clear();
        (_writes, _made) = (new ScriptWrites(dialect), new HashSet<string>(names));
    }
}
