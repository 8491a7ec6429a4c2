using Migrations.Databases;
using Migrations.Folders;
using Migrations.Planning;
using Migrations.Running;
using Migrations.Sql;

namespace Migrations.Linting;

/// <summary>
/// Finds in migrations what fails, loses data or stops others from working, before it runs. With a database it looks at what is pending
/// there, and asks how large the tables are; without one, at every file of the folder, on what the files before it make.
/// </summary>
/// <param name="driver">The driver of the database that the migrations are for.</param>
/// <param name="target">The database; null to look at the folder alone.</param>
/// <param name="source">The migrations.</param>
/// <param name="options">How to read and to connect.</param>
public sealed class ScriptLinter(IDatabaseDriver driver, DatabaseTarget? target, MigrationSource source, MigratorOptions? options = null)
{
    private readonly RunContext _context = new(driver, target!, source, options ?? new MigratorOptions());

    /// <summary>Looks at the migrations. Changes nothing.</summary>
    /// <returns>What was found, in the order of the scripts.</returns>
    /// <exception cref="MigrationException">The folder is bad, the database refuses, or a name or rule is unknown.</exception>
    public async Task<IReadOnlyList<LintFinding>> LintAsync(LintRequest? request = null, CancellationToken cancellationToken = default)
    {
        var wanted = request ?? new LintRequest();
        var read = _context.ReadFolder(cancellationToken);
        var only = wanted.Names.Select(n => MigrationResolver.Find(read.Migrations, n)).ToHashSet(ReferenceEqualityComparer.Instance);
        var session = target is null || wanted.From is not null ? null : await OpenAsync(cancellationToken).ConfigureAwait(false);
        if (session is null)
            return OfFolder(read, wanted, only, cancellationToken);
        await using (session.ConfigureAwait(false))
        {
            var input = await _context.ReadInputAsync(session, read, cancellationToken).ConfigureAwait(false);
            var pending = input.Migrations.Where(m => input.IsPending(m) && input.RunsHere(m)).ToList();
            var scripts = Scripts(pending, _ => 0, (m, _) => only.Count == 0 || only.Contains(m), cancellationToken);
            var run = new LintRun(driver, wanted.Options) { Database = target!.Display };
            var found = await new LintGate(driver, wanted.Options)
                .FindAsync(run, session.Inspector, scripts, cancellationToken)
                .ConfigureAwait(false);
            return InOrder(found.Concat(Undos(run, read, scripts, wanted.Options)));
        }
    }

    private IReadOnlyList<LintFinding> OfFolder(
        MigrationFolder read,
        LintRequest request,
        HashSet<object?> only,
        CancellationToken cancellationToken
    )
    {
        var all = read.Migrations.ToList();
        var first = request.From is { } from ? all.IndexOf(MigrationResolver.Find(all, from)) : -1;
        var scripts = Scripts(
            all,
            // Without a word on what has been applied, each file is a run of its own.
            i => first >= 0 && i > first ? first : i,
            (m, i) => (only.Count == 0 || only.Contains(m)) && i >= first,
            cancellationToken
        );
        var run = new LintRun(driver, request.Options);
        return InOrder(run.Find(scripts, LintFacts.None, cancellationToken).Concat(Undos(run, read, scripts, request.Options)));
    }

    private IEnumerable<LintFinding> Undos(LintRun run, MigrationFolder read, IReadOnlyList<LintedScript> scripts, LintOptions options)
    {
        var undo = new LintUndo(driver, run);
        var (count, undone) = (read.Migrations.Count(m => !m.IsRepeatable), read.Migrations.Count(m => m.HasUndo));
        return scripts
            .Where(s => s.IsReported)
            .SelectMany(s => undo.Find(s.Migration, IsCustomary(s.Migration)))
            .Where(f => options.Has(f.Rule));

        // In four of five of the others: a folder that has a down script now and then is not reminded of each that it has not.
        bool IsCustomary(Migration migration) => count > 1 && 5 * (undone - (migration.HasUndo ? 1 : 0)) >= 4 * (count - 1);
    }

    private List<LintedScript> Scripts(
        List<Migration> migrations,
        Func<int, int> run,
        Func<Migration, int, bool> isReported,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        return
        [
            .. migrations
                .AsParallel()
                .AsOrdered()
                .Select((m, i) => new LintedScript(m, PlannedScripts.Analyze(driver.Dialect, m.Up), run(i), isReported(m, i))),
        ];
    }

    // A database that is still to be created says nothing about the folder.
    private async Task<IDatabaseSession?> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _context.OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseMissing)
        {
            _context.Warn($"The database '{target!.Display}' does not exist yet; the scripts are judged by the folder alone.");
            return null;
        }
    }

    private static IReadOnlyList<LintFinding> InOrder(IEnumerable<LintFinding> found) =>
        [.. found.OrderBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.Line).ThenBy(f => f.Column ?? 0)];
}
