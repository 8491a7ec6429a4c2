using System.Data.Common;

namespace Migrations;

/// <summary>What a migration in code works with. The connection is open, and its transaction is the migration's own: what the code does is
/// committed together with the row of the history, or not at all.</summary>
public sealed record CodeContext
{
    /// <summary>
    /// The engine's own connection. It must stay open, and the code leaves neither a reader open nor a temporary setting behind.
    /// </summary>
    public required DbConnection Connection { get; init; }

    /// <summary>The transaction, which the engine commits. Whoever commits it or rolls it back makes the migration fail.</summary>
    public required DbTransaction? Transaction { get; init; }

    /// <summary>Which half runs.</summary>
    public required MigrationDirection Direction { get; init; }

    /// <summary>The migration's full name.</summary>
    public required string Migration { get; init; }

    /// <summary>The values of the call's variables, by name.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>Is cancelled when the run is; the statement that runs then is interrupted in any case.</summary>
    public required CancellationToken CancellationToken { get; init; }

    /// <summary>A command in the transaction.</summary>
    /// <param name="sql">Its text.</param>
    public DbCommand CreateCommand(string sql)
    {
        var command = Connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = Transaction;
        return command;
    }

    /// <summary>Runs statements in the transaction.</summary>
    /// <param name="sql">One statement or several.</param>
    /// <returns>How many rows they changed, as the database's provider counts.</returns>
    public async Task<int> ExecuteAsync(string sql)
    {
        var command = CreateCommand(sql);
        await using (command.ConfigureAwait(false))
            return await command.ExecuteNonQueryAsync(CancellationToken).ConfigureAwait(false);
    }
}
