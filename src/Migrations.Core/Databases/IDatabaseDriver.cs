using System.Net;
using Migrations.Sql;

namespace Migrations.Databases;

/// <summary>One kind of database. All that differs between databases is behind this contract.</summary>
public interface IDatabaseDriver : ILintSource, IChangeSource
{
    /// <summary>The engine's name: <c>SQLite</c> or <c>PostgreSQL</c>.</summary>
    string Engine { get; }

    /// <summary>How this engine's SQL is read.</summary>
    ISqlDialect Dialect { get; }

    /// <summary>How this engine is backed up and restored.</summary>
    IBackupProvider Backups { get; }

    /// <summary>How this engine makes databases that are thrown away.</summary>
    IScratchProvider Scratch { get; }

    /// <summary>How this engine's databases are created.</summary>
    IDatabaseCreator Creator { get; }

    /// <summary>Reads what a user gave as a database, without connecting.</summary>
    /// <param name="text">A path, a URL or a connection string.</param>
    /// <param name="baseFolder">The folder that relative file paths start from.</param>
    /// <returns>The target, or null when the text is not a target of this engine.</returns>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/>: one of this engine's forms, but malformed. The message
    /// never repeats the text.</exception>
    DatabaseTarget? Parse(string text, string baseFolder);

    /// <summary>The same target with another user name and password.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/>: the engine knows no users.</exception>
    DatabaseTarget WithCredential(DatabaseTarget target, NetworkCredential credential) =>
        throw new MigrationException(
            ErrorId.TargetInvalid,
            $"{Engine} has no users, so a credential cannot be used for {target.Display}.",
            "Omit the credential."
        );

    /// <summary>Connects. Changes nothing in the database, and creates it only with <see cref="SessionAccess.Create"/>.</summary>
    /// <exception cref="MigrationException">The database is missing, refuses, cannot be reached, or is not a database.</exception>
    Task<IDatabaseSession> OpenAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken);
}
