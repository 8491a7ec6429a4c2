using Migrations.Databases;
using Migrations.Sql;

namespace Migrations.Linting;

/// <summary>Finds in scripts what the rules are about, and leaves out what does no harm or is allowed.</summary>
/// <param name="driver">The engine: how scripts are read, and its rules.</param>
/// <param name="options">Which rules count.</param>
internal sealed class LintRun(IDatabaseDriver driver, LintOptions options)
{
    private const int LongestStatement = 2000;

    private readonly Dictionary<string, LintRule> _rules = driver.Rules.Rules.ToDictionary(r => r.Id, StringComparer.Ordinal);

    /// <summary>The tables that a database should be asked about before the last word is said; known once something was found.</summary>
    public HashSet<string> Wanted { get; } = new(StringComparer.Ordinal);

    /// <summary>The database as shown to people; null without one.</summary>
    public string? Database { get; init; }

    /// <summary>Finds it.</summary>
    /// <param name="scripts">The scripts, in their order.</param>
    /// <param name="facts">What the database has before the first of them.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public IReadOnlyList<LintFinding> Find(IReadOnlyList<LintedScript> scripts, LintFacts facts, CancellationToken cancellationToken)
    {
        var found = new List<LintFinding>();
        var reader = driver.Rules.Open(facts);
        foreach (var script in scripts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (statements, hazards) = Read(reader, script.Script, script.Run, !script.Analysis.OutsideTransaction);
            if (!script.IsReported)
                continue;
            var harmful = hazards.Where(h => options.Has(h.Rule)).ToList();
            Wanted.UnionWith(harmful.Select(h => h.Table).OfType<string>());
            var own = Problems(script.Migration, script.Analysis)
                .Concat(harmful.Where(h => IsHarmful(h, facts)).Select(h => Finding(script.Migration, script.Script, h, facts)))
                .ToList();
            found.AddRange(Allowed(script.Migration, script.Script, statements, own));
        }

        Wanted.UnionWith(reader.Wanted);
        return [.. found.Where(f => options.Has(f.Rule))];
    }

    /// <summary>Reads one script.</summary>
    public static (List<StatementPlace> Places, List<LintHazard> Hazards) Read(
        ILintReader reader,
        ISqlDialect dialect,
        MigrationScript script,
        int run,
        bool isInTransaction
    )
    {
        var (statements, hazards) = (new List<StatementPlace>(), new List<LintHazard>());
        reader.Begin(script, run, isInTransaction);
        foreach (var statement in dialect.Split(script))
        {
            var first = statement.Location.Line;
            statements.Add(new StatementPlace(statement.Index, first, first + statement.Text.AsSpan().Count('\n')));
            hazards.AddRange(reader.Read(statement));
        }

        hazards.AddRange(reader.End());
        _ = hazards.RemoveAll(h => h.IsVoid?.Invoke() == true);
        return (statements, [.. hazards.OrderBy(h => h.Statement.Index).ThenBy(h => h.At)]);
    }

    /// <summary>A finding about a migration and none of its statements.</summary>
    public LintFinding Of(Migration migration, ScriptLocation location, string rule, string message) =>
        new()
        {
            Database = Database,
            Migration = migration.FullName,
            Rule = rule,
            Message = message,
            Location = location,
            Why = _rules[rule].Why,
            NextStep = _rules[rule].Rewrite,
            Link = _rules[rule].Link,
        };

    /// <summary>What is left of findings when those are taken out that a comment allows.</summary>
    /// <param name="migration">The migration.</param>
    /// <param name="script">The script.</param>
    /// <param name="statements">Its statements.</param>
    /// <param name="found">The findings in it.</param>
    /// <param name="isWhole">Whether these are all, so that comments that allow nothing are found too.</param>
    public IEnumerable<LintFinding> Allowed(
        Migration migration,
        MigrationScript script,
        IReadOnlyList<StatementPlace> statements,
        IReadOnlyList<LintFinding> found,
        bool isWhole = true
    )
    {
        if (!AllowComments.MayHaveAny(script))
            return found;
        var comments = AllowComments.Read(driver.Dialect, script, statements);
        if (comments.Count == 0)
            return found;
        var kept = found.Where(f => !comments.Any(c => Allows(c, f, statements)));
        return isWhole ? kept.Concat(comments.Where(IsInvalid).Select(c => Of(migration, c.Location, "allow-invalid", Fault(c)))) : kept;
    }

    private (List<StatementPlace> Places, List<LintHazard> Hazards) Read(
        ILintReader reader,
        MigrationScript script,
        int run,
        bool isInTransaction
    ) => Read(reader, driver.Dialect, script, run, isInTransaction);

    private static bool IsHarmful(LintHazard hazard, LintFacts facts) =>
        hazard.Table is null
        || !facts.Tables.TryGetValue(hazard.Table, out var table)
        || !(hazard.Harm == LintHarm.WithRows ? table.IsEmpty : hazard.Harm == LintHarm.WithManyRows && table.IsSmall);

    private IEnumerable<LintFinding> Problems(Migration migration, ScriptAnalysis analysis) =>
        analysis.Problems.Select(p => Of(migration, p.Location, "cannot-run", p.Message) with { IsError = true, NextStep = p.Remedy });

    private LintFinding Finding(Migration migration, MigrationScript script, LintHazard hazard, LintFacts facts)
    {
        var text = hazard.Statement.Text;
        return Of(migration, PlaceOf(script, hazard), hazard.Rule, hazard.Message) with
        {
            Statement = text.Length <= LongestStatement ? text : text[..LongestStatement] + " ...",
            Table = hazard.Table,
            Rows = hazard.Table is { } name && facts.Tables.TryGetValue(name, out var table) ? table.Rows : null,
            Rewrite = hazard.Rewrite,
        };
    }

    private static ScriptLocation PlaceOf(MigrationScript script, LintHazard hazard)
    {
        var before = hazard.Statement.Text.AsSpan(0, hazard.At);
        var start = hazard.Statement.Location;
        var lines = before.Count('\n');
        return lines == 0
            ? start with
            {
                Column = start.Column + hazard.At,
            }
            : script.At(start.Line + lines, before.Length - before.LastIndexOf('\n'));
    }

    private static bool Allows(AllowComment comment, LintFinding finding, IReadOnlyList<StatementPlace> statements)
    {
        if (comment.Reason.Length == 0 || !comment.Rule.Equals(finding.Rule, StringComparison.OrdinalIgnoreCase) || finding.IsError)
            return false;
        if (comment.Statement is not { } index || finding.Statement is null)
            return true;
        return finding.Line >= statements[index].First && finding.Line <= statements[index].Last;
    }

    // A comment may begin with the word and mean something else.
    private bool IsInvalid(AllowComment comment) =>
        _rules.ContainsKey(comment.Rule.ToLowerInvariant())
            ? comment.Reason.Length == 0
            : comment.Rule.Length > 0 && NearName.Find(comment.Rule, _rules.Keys) is not null;

    private string Fault(AllowComment comment) =>
        _rules.ContainsKey(comment.Rule.ToLowerInvariant())
            ? $"'allow: {comment.Rule}' gives no reason."
            : $"There is no rule '{comment.Rule}'. Did you mean '{NearName.Find(comment.Rule, _rules.Keys)}'?";
}
