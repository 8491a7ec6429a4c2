using Migrations.Schema;

namespace Migrations.Databases;

/// <summary>Looks at a database through a session's connection. Changes nothing, and leaves no transaction open.</summary>
public interface IDatabaseInspector
{
    /// <summary>Who holds the migration lock now; null when no one does. Waits for nothing and changes nothing.</summary>
    Task<LockHolder?> FindLockHolderAsync(CancellationToken cancellationToken);

    /// <summary>Whether a table or a view of a name exists, as a script that names it so would find it.</summary>
    /// <param name="name">Its name, as SQL writes it; it may have its schema in front.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: it is no name.</exception>
    Task<bool> HasTableAsync(string name, CancellationToken cancellationToken);

    /// <summary>
    /// Reads every object of the schema with its normalised definition, in a handful of catalogue queries. The history and lock tables of
    /// this session, and the engine's own objects, are left out.
    /// </summary>
    /// <exception cref="MigrationException">The database refuses.</exception>
    Task<SchemaSnapshot> ReadSchemaAsync(CancellationToken cancellationToken);

    /// <summary>Counts, and on request digests, the rows of every table of the user's (history tables included), in one snapshot.</summary>
    /// <param name="digests">Whether <see cref="TableContent.Digest"/> is requested too.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">The database refuses.</exception>
    Task<IReadOnlyList<TableContent>> ReadContentAsync(bool digests, CancellationToken cancellationToken);

    /// <summary>
    /// Asks the engine itself whether the database is sound: its integrity checks, foreign keys, indexes, constraints, sequences,
    /// statistics.
    /// </summary>
    /// <param name="thorough">Whether every page and index entry is read, or only what is quick to ask.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>One result per question; what could not be asked is <see cref="CheckStatus.NotRun"/>, with the reason.</returns>
    Task<IReadOnlyList<CheckResult>> CheckEngineAsync(bool thorough, CancellationToken cancellationToken);

    /// <summary>Runs the statements of a declared check in a transaction that is rolled back whatever happens.</summary>
    /// <returns>The last result set, or the error that the database answered with. An error of the statement is an answer, not an
    /// exception.</returns>
    /// <exception cref="MigrationException">The connection broke.</exception>
    Task<QueryAnswer> AskAsync(Query query, CancellationToken cancellationToken);

    /// <summary>
    /// Foreign keys that point to nothing, or whose rows have no parent, one line each; none where the server does not let it come to that.
    /// </summary>
    Task<IReadOnlyList<string>> FindOpenForeignKeysAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Finds what a script would lose, without running any of it: tables and columns that it drops, tables that it empties, rows that it
    /// deletes, counted by SELECTs under a time limit (beyond it an estimate, marked so).
    /// </summary>
    Task<LossForecast> ForecastLossAsync(LossForecastRequest question, CancellationToken cancellationToken);
}
