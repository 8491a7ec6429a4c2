namespace Migrations.Databases;

/// <summary>Makes databases that are thrown away.</summary>
public interface IScratchProvider
{
    /// <summary>
    /// Creates one, and removes those that killed runs left in the same place. Its name carries an id and the time, and as long as its
    /// owner lives the place shows that: one whose owner lives is never removed. One that cannot be removed when it is disposed is reported
    /// as an event.
    /// </summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ScratchUnavailable"/>: it cannot be created; the message says why, the next
    /// step what to grant or to specify.</exception>
    Task<IScratchDatabase> CreateAsync(ScratchRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Names the databases for a moment, of rehearsals, proofs and restores, and the schemas of copies, whose owner is dead, and those
    /// older than a day of which that
    /// is not known. Empty where the place cannot be looked at.
    /// </summary>
    Task<IReadOnlyList<string>> FindLeftoversAsync(DatabaseTarget origin, SessionOptions options, CancellationToken cancellationToken);
}
