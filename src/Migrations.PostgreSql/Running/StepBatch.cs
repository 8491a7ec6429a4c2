using Migrations.Databases;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// The statements of a step on their way to the server, in as few round trips as possible, and what comes back of its figures.
/// </summary>
internal sealed class StepBatch(PostgreSqlConnection connection, PostgreSqlHistory history, StepExecution step) : IAsyncDisposable
{
    private const int MostCharacters = 1024 * 1024;
    private const int MostCommands = 1000;

    // No name that a script would give by chance: the rows of its own queries come the same way.
    private const string AnswerColumn = "migrations_answer";

    private readonly Dictionary<NpgsqlBatchCommand, SqlPiece> _sent = [];
    private readonly bool _isInRun = connection.IsInRun;
    private NpgsqlBatch _batch = connection.CreateBatch();
    private int _characters;

    /// <summary>Milliseconds since the step began, as its row has them.</summary>
    public long Elapsed { get; private set; }

    /// <summary>Rows that the step has changed; null where the server does not count.</summary>
    public long? Rows { get; private set; }

    /// <summary>What the step's own query gave; null where none was asked.</summary>
    public StepAnswer? Answer { get; private set; }

    /// <summary>Whether it is to be sent before anything is added.</summary>
    public bool IsFull => _characters >= MostCharacters || _batch.BatchCommands.Count >= MostCommands;

    /// <summary>
    /// Whether what is said in every step is prepared. A pooler may give each transaction another backend. In the transaction of a run the
    /// steps cannot run again, so nothing is prepared that a script could change.
    /// </summary>
    public bool UsesPrepared =>
        step.Script.Code is null && !connection.IsPooled && !connection.Prepared.IsStopped && !(_isInRun && connection.Server.MayRunCode);

    /// <summary>A statement of our own, as it is prepared.</summary>
    public NpgsqlBatchCommand Own(NpgsqlBatchCommand command) => UsesPrepared ? connection.Prepared.Of(command) : command;

    /// <summary>Adds a statement.</summary>
    public NpgsqlBatchCommand Add(string sql) => Add(new NpgsqlBatchCommand(sql));

    /// <summary>Adds a statement.</summary>
    public NpgsqlBatchCommand Add(NpgsqlBatchCommand command)
    {
        _batch.BatchCommands.Add(command);
        return command;
    }

    /// <summary>Asks the step's own query, whose answer is text, under the settings for values that become literals.</summary>
    public void Ask(string query)
    {
        Add(OwnSettings.Literals.EnterLast);
        Add($"SELECT q.v AS {AnswerColumn} FROM ({query}) AS q (v)");
    }

    /// <summary>Adds a statement of the script.</summary>
    public void Add(SqlPiece piece)
    {
        _sent.Add(Add(piece.Text), piece);
        _characters += piece.Text.Length;
    }

    /// <summary>The statement of the script that the server refused; null when it was none.</summary>
    public SqlPiece? PieceOf(PostgresException e) => e.BatchCommand is NpgsqlBatchCommand command ? _sent.GetValueOrDefault(command) : null;

    /// <summary>Sends what was added.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        if (_batch.BatchCommands.Count > 0)
        {
            var reader = await _batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = reader.ConfigureAwait(false);
            do
            {
                if (reader.FieldCount == 4 && string.Equals(reader.GetName(0), PostgreSqlHistory.ElapsedColumn, StringComparison.Ordinal))
                    await FiguresAsync(reader, cancellationToken).ConfigureAwait(false);
                else if (reader.FieldCount == 1 && string.Equals(reader.GetName(0), AnswerColumn, StringComparison.Ordinal))
                    Answer = new StepAnswer(
                        await reader.ReadAsync(cancellationToken).ConfigureAwait(false) && !reader.IsDBNull(0) ? reader.GetString(0) : null
                    );
            } while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));
        }

        await _batch.DisposeAsync().ConfigureAwait(false);
        _batch = connection.CreateBatch();
        _sent.Clear();
        _characters = 0;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _batch.DisposeAsync();

    private async Task FiguresAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            return;
        Elapsed = reader.IsDBNull(0) ? 0 : reader.GetInt64(0);
        Rows = reader.IsDBNull(1) ? null : reader.GetInt64(1);
        connection.Leftovers.Found(reader.GetBoolean(2));
        history.Rows.Wrote(reader.GetString(3));
    }
}
