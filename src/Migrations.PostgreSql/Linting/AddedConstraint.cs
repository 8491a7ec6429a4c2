using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>What ADD CONSTRAINT does to the rows that are there.</summary>
/// <param name="changes">The statement.</param>
/// <param name="start">The word behind ADD.</param>
/// <param name="end">The word behind its last.</param>
internal sealed class AddedConstraint(TableChanges changes, int start, int end)
{
    private readonly StatementWords _words = changes.Words;

    /// <summary>Finds it.</summary>
    public IEnumerable<LintHazard> Read()
    {
        var isNamed = _words[start] is "CONSTRAINT";
        var at = isNamed ? start + 2 : start;
        var name = isNamed ? _words.TextOf(start + 1, start + 2) : Name(at);
        var text = _words.LineOf(at, end);
        var isNotValid = _words[end - 1] is "VALID" && _words[end - 2] is "NOT";
        if (isNotValid)
            changes.Table.AddedNotValid.Add(SqlNames.Plain(name));
        if (_words[at] is "CHECK" && NotNullColumn(at) is { } column)
            changes.Table.NotNullChecks[SqlNames.Plain(name)] = (column, !isNotValid);
        return (_words[at], isNotValid) switch
        {
            ("FOREIGN", false) when !IsUnfilled(at + 2) => changes.Scan(
                "foreign-key-at-once",
                $"Looks up all rows of {changes.Shown} in the other table, and no one can write to either meanwhile.",
                PostgreSqlRewrites.NotValid(changes.Shown, name, text)
            ),
            ("CHECK", false) => changes.Scan(
                "check-at-once",
                $"Checks all rows of {changes.Shown} while no one can read or write it.",
                PostgreSqlRewrites.NotValid(changes.Shown, name, text)
            ),
            ("UNIQUE" or "PRIMARY", _) when !HasIndex(at) => Unique(at, name, text),
            _ => [],
        };
    }

    private IEnumerable<LintHazard> Unique(int at, string name, string text)
    {
        var isPrimary = _words[at] is "PRIMARY";
        var columns = at;
        while (columns < end && _words[columns] is not "(")
            columns++;
        var found = changes.Scan(
            "unique-without-index",
            $"Builds the index of {name} while no one can read or write {changes.Shown}.",
            PostgreSqlRewrites.UniqueIndex(changes.Shown, name, isPrimary ? "PRIMARY KEY" : "UNIQUE", _words.LineOf(columns, end))
        );
        for (at = columns + 1; isPrimary && at < end && _words[at] is not ")"; at++)
        {
            if (_words[at] is not ",")
                changes.Table.NotNull.Add(SqlNames.Plain(_words[at]));
        }

        return found;
    }

    // Columns that are NULL everywhere have nothing to look up.
    private bool IsUnfilled(int at)
    {
        for (at++; at < end && _words[at] is not ")"; at++)
        {
            if (_words[at] is not "," && !changes.Table.Unfilled.Contains(SqlNames.Plain(_words[at])))
                return false;
        }

        return true;
    }

    private bool HasIndex(int at)
    {
        for (; at < end; at++)
        {
            if (_words[at] is "USING" && _words[at + 1] is "INDEX" && _words[at + 2] is not "TABLESPACE")
                return true;
        }

        return false;
    }

    private string? NotNullColumn(int at)
    {
        at++;
        while (_words[at] is "(")
            at++;
        return _words[at + 1] is "IS" && _words[at + 2] is "NOT" && _words[at + 3] is "NULL" && _words[at + 4] is ")"
            ? SqlNames.Plain(_words[at])
            : null;
    }

    // As the server would call it.
    private string Name(int at)
    {
        var column = at;
        while (column < end && _words[column] is not "(")
            column++;
        var table = SqlNames.PlainLast(changes.Table.Key);
        return _words[at] switch
        {
            "PRIMARY" => PostgreSqlRewrites.Named($"{table}_pkey"),
            "CHECK" => PostgreSqlRewrites.Named($"{table}_check"),
            "FOREIGN" => PostgreSqlRewrites.Named($"{table}_{SqlNames.Plain(_words[column + 1])}_fkey"),
            _ => PostgreSqlRewrites.Named($"{table}_{SqlNames.Plain(_words[column + 1])}_key"),
        };
    }
}
