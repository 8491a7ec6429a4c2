namespace Migrations.Databases;

/// <summary>The databases that restores have replaced and kept on their server.</summary>
public interface IKeptDatabases
{
    /// <summary>Lists those that restores of one database have kept.</summary>
    /// <exception cref="MigrationException">Not connected.</exception>
    Task<IReadOnlyList<KeptState>> ListAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken);

    /// <summary>Drops one of them, unless something speaks against it.</summary>
    /// <param name="target">The database whose restore has kept it.</param>
    /// <param name="name">Its name, as <see cref="ListAsync"/> has it.</param>
    /// <param name="options">How to connect.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.DatabaseInUse"/>: something speaks against it, a session for example;
    /// <see cref="ErrorId.BackupMissing"/>: there is no kept database of that name.</exception>
    Task DropAsync(DatabaseTarget target, string name, SessionOptions options, CancellationToken cancellationToken);
}
