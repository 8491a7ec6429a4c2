using Migrations.Configuration;
using Migrations.Databases;
using Migrations.History;

namespace Migrations.Transfer;

/// <summary>The stamp of the database that a copy goes into. The copy leaves the target's history, and so its stamp, as it is.</summary>
/// <param name="target">The database, and its driver.</param>
/// <param name="expected">Which stamp it may have.</param>
/// <param name="options">How it is connected to.</param>
internal sealed class TargetStamp((IDatabaseDriver Driver, DatabaseTarget Target) target, ExpectedStamp expected, SessionOptions options)
{
    /// <summary>Refuses to drop tables of a database that is of another environment.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.StampDiffers"/></exception>
    public async Task DemandAsync(CancellationToken cancellationToken)
    {
        var session = await OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        await using var _ = session.ConfigureAwait(false);
        expected.Demand(await ReadAsync(session, cancellationToken).ConfigureAwait(false), target.Target.Display);
    }

    /// <summary>Stamps a database that has no stamp with the environment that is named.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        if (expected.Own is not { } own)
            return;
        var session = await OpenAsync(SessionAccess.Write, cancellationToken).ConfigureAwait(false);
        await using var _ = session.ConfigureAwait(false);
        if (await ReadAsync(session, cancellationToken).ConfigureAwait(false) is not null)
            return;
        var held = await session.LockAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = held.ConfigureAwait(false);
        if (await ReadAsync(session, cancellationToken).ConfigureAwait(false) is not null)
            return;
        await session.History.EnsureAsync(cancellationToken).ConfigureAwait(false);
        var recorder = new JournalRecorder(target.Driver.Dialect, service: null);
        await session.History.AppendAsync(recorder.Stamped(own, isRemoved: false), cancellationToken).ConfigureAwait(false);
    }

    private Task<IDatabaseSession> OpenAsync(SessionAccess access, CancellationToken cancellationToken) =>
        target.Driver.OpenAsync(target.Target, options with { Access = access }, cancellationToken);

    private static async Task<string?> ReadAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        HistoryView.StampIn(await session.History.ReadAsync(cancellationToken).ConfigureAwait(false));
}
