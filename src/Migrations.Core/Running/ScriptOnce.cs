using System.Globalization;
using Migrations.Databases;
using Migrations.History;

namespace Migrations.Running;

/// <summary>Runs a script once, however many start it at the same moment.</summary>
/// <param name="context">The database.</param>
/// <param name="session">A session on it.</param>
/// <param name="script">The script.</param>
/// <param name="marker">The table whose presence says that it has run; null: the history says it.</param>
internal sealed class ScriptOnce(RunContext context, IDatabaseSession session, DatabaseScript script, string? marker)
{
    private bool _isSaid;

    /// <summary>Whether rows and values may go for good.</summary>
    public bool AcceptsLoss { get; init; }

    /// <summary>Runs it, unless it has run.</summary>
    /// <returns>What it did; null when it had run before, or another did meanwhile.</returns>
    /// <exception cref="MigrationException">It failed.</exception>
    public async Task<DatabaseScriptResult?> RunAsync(CancellationToken cancellationToken)
    {
        // Looked at first without the lock, so that a start with nothing to do needs none, and works on a standby.
        if (!await MayBeDueAsync(() => HasRunAsync(cancellationToken)).ConfigureAwait(false))
            return null;
        var held = await session
            .LockAsync(() => MayBeDueAsync(() => HasRunAsync(cancellationToken)), cancellationToken)
            .ConfigureAwait(false);
        if (held is null)
            return null;
        await using var _ = held.ConfigureAwait(false);
        return await RunLockedAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As <see cref="RunAsync"/>, where the lock is held already.</summary>
    public async Task<DatabaseScriptResult?> RunLockedAsync(CancellationToken cancellationToken)
    {
        if (await HasRunAsync(cancellationToken).ConfigureAwait(false))
            return null;
        await DemandNoLossAsync(cancellationToken).ConfigureAwait(false);
        return await new ScriptRun(context, session)
            .RunAsync(script, rows: null, marker is null ? null : () => DemandMarkerAsync(cancellationToken), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>
    /// Whether something may still be to do. When the database cannot be read just now, another run is likely to be writing, and who waits
    /// for its lock asks again.
    /// </summary>
    /// <param name="isDone">Whether it is done.</param>
    public static async Task<bool> MayBeDueAsync(Func<Task<bool>> isDone)
    {
        try
        {
            return !await isDone().ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id is ErrorId.TableLockTimedOut or ErrorId.LockTimedOut)
        {
            return true;
        }
    }

    /// <summary>Whether it has run.</summary>
    public async Task<bool> HasRunAsync(CancellationToken cancellationToken)
    {
        if (marker is not null)
            return await session.Inspector.HasTableAsync(marker, cancellationToken).ConfigureAwait(false);
        var history = await session.History.ReadAsync(cancellationToken).ConfigureAwait(false);
        var runs = history.Where(IsOfScript).ToList();
        if (runs.Count == 0)
            return false;
        if (!runs.Exists(e => string.Equals(e.Checksum, script.Script.Checksum, StringComparison.Ordinal)))
            await DemandSameAsync(runs[^1], cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Whether a row is of the script. One that was only run by its name has done nothing once and for all; earlier versions did
    /// not say what it was run for.</summary>
    private bool IsOfScript(JournalEntry entry) =>
        entry is { Event: JournalEvent.Ran, Success: true }
        && string.Equals(entry.Name, script.Name, StringComparison.Ordinal)
        && string.Equals(entry.Service, context.Options.Service, StringComparison.Ordinal)
        && (entry.Description is null || string.Equals(entry.Description, JournalNames.Of(script.Purpose), StringComparison.Ordinal));

    /// <summary>The name says little: every folder may have such a script. What it does must be what was done.</summary>
    private async Task DemandSameAsync(JournalEntry ran, CancellationToken cancellationToken)
    {
        var changes = new ChangeFinder(session.History, context.Driver.Dialect);
        if (await changes.CompareAsync(script.Script, ran, cancellationToken).ConfigureAwait(false) != ScriptChange.Statement)
            return;
        var found = string.Create(
            CultureInfo.InvariantCulture,
            $"The script '{script.Script.File}' has other statements than the '{script.Name}' that ran in "
                + $"{context.Target.Display} on {ran.AppliedAt:yyyy-MM-dd HH:mm:ss} UTC"
        );
        // A seed is edited all the time, and has made its rows.
        if (script.Purpose == ScriptPurpose.Seed)
        {
            if (!_isSaid)
                context.Warn($"{found}, and is not run again. To run it all the same: {Call.Run.On(script.Script.File)}");
            _isSaid = true;
            return;
        }

        throw new MigrationException(
            ErrorId.InitScriptChanged,
            $"{found}: it was edited, or is another script of that name. It was not run.",
            $"Undo the edit; put what is new into a migration, or run it with '{Call.Run.On("<file>")}'. If it is another "
                + $"script: rename it, name its service with {CallOption.Service}, or a table that it creates with {CallOption.Marker}."
        )
        {
            Location = new ScriptLocation(script.Script.File, script.Script.FirstLine),
        };
    }

    /// <summary>Says what goes, and refuses to take it from another environment's database, or without that it was accepted.</summary>
    private async Task DemandNoLossAsync(CancellationToken cancellationToken)
    {
        var forecast = await script.ForecastAsync(session.Inspector, cancellationToken).ConfigureAwait(false);
        Warn(forecast.Losses);
        var found = new Lazy<Task<FoundHistories>>(() => session.History.FindAllAsync(cancellationToken));
        await forecast.DemandStampAsync(script.Name, () => found.Value, context.Options.Stamp, context.Target).ConfigureAwait(false);
        if (AcceptsLoss || !forecast.IsLossy)
            return;
        // Many scripts that build a database up have blocks of code. In a database without rows these can take nothing away.
        var isEmpty =
            !forecast.ReachesOthers
            && !await HasRowsAsync(await found.Value.ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        var refused = forecast.Losses.Where(l => isEmpty ? l.Forecast.Losses.Any(d => d.IsLossy) : l.IsLossy).ToList();
        if (refused.Count > 0)
            throw new DataLossException(context.Target.Display, refused, $"Running {script.Name}", "It was not run.");
    }

    private async Task<bool> HasRowsAsync(FoundHistories found, CancellationToken cancellationToken)
    {
        var histories = found.All.Select(h => h.Display).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var content = await session.Inspector.ReadContentAsync(digests: false, cancellationToken).ConfigureAwait(false);
        return content.Any(t => t.Rows > 0 && !histories.Contains(t.Table));
    }

    /// <summary>Says what running it would take away.</summary>
    public async Task WarnOfLossAsync(CancellationToken cancellationToken) =>
        Warn((await script.ForecastAsync(session.Inspector, cancellationToken).ConfigureAwait(false)).Losses);

    private void Warn(IReadOnlyList<StepLoss> losses)
    {
        foreach (var sentence in losses.SelectMany(l => l.Sentences()))
            context.Warn(sentence + ".");
    }

    /// <summary>Without the table, each start would run the script again.</summary>
    private async Task DemandMarkerAsync(CancellationToken cancellationToken)
    {
        if (await session.Inspector.HasTableAsync(marker!, cancellationToken).ConfigureAwait(false))
            return;
        throw new MigrationException(
            ErrorId.MarkerMissing,
            $"The script '{script.Name}' ran, but the marker table '{marker}' does not exist after it: every start would run it again."
                + (script.Analysis.OutsideTransaction ? "" : " It was rolled back."),
            $"Name a table with {CallOption.Marker} that the script creates."
        )
        {
            Location = new ScriptLocation(script.Script.File, script.Script.FirstLine),
        };
    }
}
