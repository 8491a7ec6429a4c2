using Migrations.History;

namespace Migrations.Databases;

/// <summary>Marks a database as that of an environment, in all histories that it has. The last row of each counts.</summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database.</param>
/// <param name="options">How it is connected to.</param>
/// <param name="recorder">Makes the rows.</param>
internal sealed class StampWriter(IDatabaseDriver driver, DatabaseTarget target, SessionOptions options, JournalRecorder recorder)
{
    /// <summary>
    /// Writes the stamp, or removes the one that is there; nothing where it is as it should be. The lock of the session's own history is
    /// held.
    /// </summary>
    /// <param name="session">The database.</param>
    /// <param name="environment">The environment; null removes the stamp.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The environment that the database was stamped with before; null without one.</returns>
    public async Task<string?> WriteAsync(IDatabaseSession session, string? environment, CancellationToken cancellationToken)
    {
        var found = await session.History.FindAllAsync(cancellationToken).ConfigureAwait(false);
        foreach (var other in found.Others(environment).Where(h => !h.IsOwn))
        {
            var there = await driver
                .OpenAsync(target, other.Within(options) with { Access = SessionAccess.Write }, cancellationToken)
                .ConfigureAwait(false);
            await using (there.ConfigureAwait(false))
                await AppendAsync(there, other.Stamp, environment, cancellationToken).ConfigureAwait(false);
        }

        var own = found.All.FirstOrDefault(h => h.IsOwn)?.Stamp;
        if (!string.Equals(own, environment, StringComparison.Ordinal))
            await AppendAsync(session, own, environment, cancellationToken).ConfigureAwait(false);
        return found.Stamp;
    }

    private async Task AppendAsync(IDatabaseSession session, string? before, string? environment, CancellationToken cancellationToken)
    {
        // What is appended is compared with what was read of the table.
        _ = await session.History.ReadAsync(cancellationToken).ConfigureAwait(false);
        await session.History.EnsureAsync(cancellationToken).ConfigureAwait(false);
        await session
            .History.AppendAsync(recorder.Stamped(environment ?? before!, isRemoved: environment is null), cancellationToken)
            .ConfigureAwait(false);
    }
}
