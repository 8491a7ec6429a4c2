using System.Diagnostics;
using Migrations.Databases;
using Migrations.Sql;

namespace Migrations.Running;

/// <summary>
/// Runs queries in a database that can only be read: a standby, a file that may not be written. There is no lock to take and no history to
/// write, so they run without both.
/// </summary>
/// <param name="context">The database.</param>
internal sealed class QueryRun(RunContext context)
{
    private static readonly HashSet<string> Queries = new(StringComparer.OrdinalIgnoreCase)
    {
        "SELECT",
        "VALUES",
        "TABLE",
        "WITH",
        "SHOW",
        "EXPLAIN",
        "(",
    };

    /// <summary>Whether a script asks, as far as its statements' first words say; that none of them writes is the database's to
    /// refuse.</summary>
    public bool IsOf(DatabaseScript script) =>
        context.Driver.Dialect.Split(script.Script).All(s => FirstWord(s.Text) is { } word && Queries.Contains(word));

    /// <summary>Runs it.</summary>
    /// <exception cref="MigrationException">The database refuses a statement.</exception>
    public async Task<DatabaseScriptResult> RunAsync(DatabaseScript script, IRowSink? rows, CancellationToken cancellationToken)
    {
        var session = await context.OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        await using var _ = session.ConfigureAwait(false);
        var clock = Stopwatch.StartNew();
        var step = script.ToStep(context.Driver.Dialect, context.NewRecorder(), rows);
        rows?.Restart();
        var count = 0;
        foreach (var statement in context.Driver.Dialect.Split(script.Script))
        {
            await session.ExecuteAsync(step, statement, cancellationToken).ConfigureAwait(false);
            count++;
        }

        context.Warn($"{context.Target.Display} can only be read: {script.Name} ran without the migration lock and is not in the history.");
        return new DatabaseScriptResult
        {
            Database = context.Target.Display,
            Target = context.Target,
            Service = context.Options.Service,
            Name = script.Name,
            File = script.File,
            Outcome = MigrationOutcome.Done,
            Duration = clock.Elapsed,
            Statements = count,
            Recorded = false,
        };
    }

    private string? FirstWord(string text) =>
        context
            .Driver.Dialect.Tokenize(text)
            .Where(t => t.Kind is not (SqlTokenKind.WhiteSpace or SqlTokenKind.Comment))
            .Select(t => t.In(text).ToString())
            .FirstOrDefault();
}
