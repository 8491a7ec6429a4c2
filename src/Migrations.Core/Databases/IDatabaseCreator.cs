namespace Migrations.Databases;

/// <summary>Creates databases that stay.</summary>
public interface IDatabaseCreator
{
    /// <summary>Whether <see cref="SessionAccess.Create"/> creates a database that does not exist.</summary>
    bool IsImplicit { get; }

    /// <summary>Creates a database, or what a session needs to create it.</summary>
    /// <param name="target">The database.</param>
    /// <param name="options">How to connect.</param>
    /// <param name="creation">How it is created.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Whether it was created here; another may have been faster, and then that one counts.</returns>
    /// <exception cref="MigrationException">The role may not, or the server refuses.</exception>
    Task<bool> CreateAsync(DatabaseTarget target, SessionOptions options, DatabaseCreation creation, CancellationToken cancellationToken);
}
