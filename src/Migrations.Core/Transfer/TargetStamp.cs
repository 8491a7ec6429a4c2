using Migrations.Configuration;
using Migrations.Databases;
using Migrations.History;

namespace Migrations.Transfer;

/// <summary>
/// The stamp of the database that a copy goes into. The copy leaves the target's history, and so its stamp, as it is; a history that came
/// with the copied tables does not keep the source's.
/// </summary>
/// <param name="target">The database, and its driver.</param>
/// <param name="expected">Which stamp it may have.</param>
/// <param name="options">How it is connected to.</param>
internal sealed class TargetStamp((IDatabaseDriver Driver, DatabaseTarget Target) target, ExpectedStamp expected, SessionOptions options)
{
    private string? _had;

    /// <summary>Reads the stamp that the target has before the copy. A database that is created by it has none.</summary>
    /// <param name="demands">Whether the target must not be of another environment: tables of it are dropped.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.StampDiffers"/></exception>
    public async Task ReadAsync(bool demands, CancellationToken cancellationToken)
    {
        IDatabaseSession session;
        try
        {
            session = await OpenAsync(options, SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseMissing && !demands)
        {
            return;
        }

        await using var _ = session.ConfigureAwait(false);
        var found = await session.History.FindAllAsync(cancellationToken).ConfigureAwait(false);
        if (demands)
            found.Demand(expected, target.Target);
        _had = found.Stamp;
    }

    /// <summary>Gives the target the stamp that it had, or without one that of the environment that is named.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        var wanted = _had ?? expected.Own;
        var session = await OpenAsync(options, SessionAccess.Write, cancellationToken).ConfigureAwait(false);
        await using var _ = session.ConfigureAwait(false);
        if (IsRight(await session.History.FindAllAsync(cancellationToken).ConfigureAwait(false), wanted))
            return;
        var held = await session.LockAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = held.ConfigureAwait(false);
        var recorder = new JournalRecorder(target.Driver.Dialect, service: null);
        await new StampWriter(target.Driver, target.Target, options, recorder)
            .WriteAsync(session, wanted, cancellationToken)
            .ConfigureAwait(false);
    }

    private static bool IsRight(FoundHistories found, string? wanted) =>
        !found.Others(wanted).Any() && string.Equals(found.Stamp, wanted, StringComparison.Ordinal);

    private Task<IDatabaseSession> OpenAsync(SessionOptions how, SessionAccess access, CancellationToken cancellationToken) =>
        target.Driver.OpenAsync(target.Target, how with { Access = access }, cancellationToken);
}
