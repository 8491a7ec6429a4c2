namespace Migrations.Databases;

/// <summary>Makes databases that are thrown away.</summary>
public interface IScratchProvider
{
    /// <summary>Makes one. Its name carries the run's id and time, so that a leftover can be told and removed.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ScratchUnavailable"/>: none can be had; the message says why, the next step what to grant or to give.</exception>
    Task<IScratchDatabase> CreateAsync(ScratchRequest request, CancellationToken cancellationToken);

    /// <summary>Names scratch databases older than a day that a killed run left behind. Empty where the place cannot be looked at.</summary>
    Task<IReadOnlyList<string>> FindLeftoversAsync(DatabaseTarget origin, SessionOptions options, CancellationToken cancellationToken);
}
