namespace Migrations.Databases;

/// <summary>A driver whose databases can be copied, and compared row by row.</summary>
public interface ICopyProvider
{
    /// <summary>Opens a database to read one state of it, whoever writes meanwhile. Nothing of it is changed.</summary>
    /// <param name="source">The database.</param>
    /// <param name="options">How it is connected to.</param>
    /// <param name="readers">How many connections may read that state at once; an engine may take fewer.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">It is missing, refuses, or cannot be reached.</exception>
    Task<ICopySource> OpenSourceAsync(DatabaseTarget source, SessionOptions options, int readers, CancellationToken cancellationToken);

    /// <summary>Opens a database to copy into it, under the migration lock.</summary>
    /// <exception cref="MigrationException">It is missing, refuses, or cannot be reached; or the engine cannot be copied into.</exception>
    Task<ICopyTarget> OpenTargetAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken);

    /// <summary>Opens a database to copy rows into the tables of its own migrations, under the migration lock.</summary>
    /// <exception cref="MigrationException">It is missing, refuses, or cannot be reached.</exception>
    Task<IRowTarget> OpenRowsAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken);
}
