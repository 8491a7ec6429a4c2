using Migrations.Databases;
using Migrations.History;

namespace Migrations.Running;

/// <summary>Marks a database as that of an environment, by a row of its history. The last row counts.</summary>
internal static class DatabaseStamp
{
    /// <summary>Reads the environment; null without a stamp. Creates nothing.</summary>
    public static async Task<string?> ReadAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        HistoryView.StampIn(await session.History.ReadAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Writes the stamp, or removes the one that is there; nothing when it is as it should be. The lock is held.</summary>
    /// <param name="session">The database.</param>
    /// <param name="recorder">Makes the row.</param>
    /// <param name="environment">The environment; null removes the stamp.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The environment that the database was stamped with before; null without one.</returns>
    public static async Task<string?> WriteAsync(
        IDatabaseSession session,
        JournalRecorder recorder,
        string? environment,
        CancellationToken cancellationToken
    )
    {
        var before = await ReadAsync(session, cancellationToken).ConfigureAwait(false);
        var name = environment ?? before;
        if (name is null || string.Equals(environment, before, StringComparison.Ordinal))
            return before;
        await session.History.EnsureAsync(cancellationToken).ConfigureAwait(false);
        await session.History.AppendAsync(recorder.Stamped(name, isRemoved: environment is null), cancellationToken).ConfigureAwait(false);
        return before;
    }
}
