using Migrations.Configuration;
using Migrations.Databases;
using Migrations.History;

namespace Migrations.Running;

/// <summary>Shows the history of a database to people: its rows, and what they say about durations.</summary>
/// <param name="context">The database.</param>
internal sealed class HistoryReader(RunContext context)
{
    /// <summary>The rows that are wanted, oldest first.</summary>
    public async Task<IReadOnlyList<JournalEntry>> ReadAsync(HistoryFilter filter, CancellationToken cancellationToken)
    {
        var session = await context.OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
            return await ReadAsync(session, filter, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How long each migration took in the runs that are wanted, slowest first.</summary>
    public async Task<IReadOnlyList<MigrationProfile>> ProfileAsync(HistoryFilter filter, CancellationToken cancellationToken)
    {
        var session = await context.OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var entries = await ReadAsync(session, filter, cancellationToken).ConfigureAwait(false);
            var profiles = new List<MigrationProfile>();
            foreach (var (profile, last) in HistoryProfiler.Profile(entries, context.Target))
            {
                var script = await session.History.ReadScriptAsync(last.Id, cancellationToken).ConfigureAwait(false);
                profiles.Add(profile with { Statements = script is null ? null : CountStatements(last.Name, script) });
            }

            return profiles;
        }
    }

    private int CountStatements(string name, string script) => context.Driver.Dialect.Split(MigrationScript.OfText(name, script)).Count();

    private async Task<IReadOnlyList<JournalEntry>> ReadAsync(
        IDatabaseSession session,
        HistoryFilter filter,
        CancellationToken cancellationToken
    )
    {
        var service = context.Options.Service;
        var entries = await session.History.ReadAsync(cancellationToken).ConfigureAwait(false);
        var resolved = ServiceAssignment.Resolve(entries);
        if (context.Options is { Service: not null, Unassigned: UnassignedRows.Undecided })
            WarnOfHidden(resolved.Count(e => e is { Service: null, IsOfMigration: true }));
        return filter.Select(
            resolved
                .Where(e => service is null || IsOf(e, service))
                .Select(e => e with { Database = context.Target.Display, Target = context.Target })
        );
    }

    /// <summary>A stamp is of the whole database.</summary>
    private bool IsOf(JournalEntry entry, string service) =>
        string.Equals(entry.Service, service, StringComparison.Ordinal)
        || entry.Event == JournalEvent.Stamped
        || (entry.Service is null && context.Options.Unassigned == UnassignedRows.Own);

    private void WarnOfHidden(int rows)
    {
        if (rows > 0)
            context.Warn(
                $"{(rows == 1 ? "1 row of the history belongs" : $"{rows} rows of the history belong")} to no service, and "
                    + $"{(rows == 1 ? "is" : "are")} not shown. '{Call.Repair.With(CallOption.AssignService.Of(context.Options.Service))}' "
                    + $"assigns those of its folder to it."
            );
    }
}
