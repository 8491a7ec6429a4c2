using System.Text;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Loads a dump over a connection of our own, in one transaction with a savepoint before every statement: what the server cannot make is
/// left out and named. Whether a failure is the statement's own, the server says by the code of the error
/// (<see href="https://www.postgresql.org/docs/current/errcodes-appendix.html"/>), whatever its language.
/// </summary>
/// <param name="connection">A connection whose texts are bytes, each taken for a character
/// (<see cref="PostgreSqlSources.OfBytes"/>).</param>
internal sealed class LenientLoader(NpgsqlConnection connection)
{
    private const string Savepoint = "migrations_statement";

    // Dropped connections, conflicts of transactions, missing resources, an operator who intervenes, a disk that fails.
    private static readonly string[] NotOfStatements = ["08", "25", "40", "53", "55P03", "57", "58000", "58030"];

    // What is said of an object that is not there, because it was left out itself.
    private static readonly string[] OfMissing =
    [
        PostgresErrorCodes.UndefinedTable,
        PostgresErrorCodes.UndefinedObject,
        PostgresErrorCodes.UndefinedFunction,
        PostgresErrorCodes.UndefinedColumn,
        PostgresErrorCodes.InvalidSchemaName,
    ];

    private readonly BrokenChecks _checks = new();
    private readonly List<string> _leftOut = [];

    // Whether rows failed for rules that the next pass takes off before they come.
    private bool _mayHoldMore;

    /// <summary>Loads it. Where rows break the rules of their table, it is read again, without these.</summary>
    /// <param name="open">Opens the dump at its beginning.</param>
    /// <param name="newFilter">Makes what looks at each statement.</param>
    /// <param name="cancellationToken">Stops it; nothing is left in the database.</param>
    /// <returns>What was left out, by name, each once.</returns>
    /// <exception cref="PostgresException">The failure of no statement: nothing is left in the database.</exception>
    public async Task<IReadOnlyList<string>> LoadAsync(
        Func<OpenedScript> open,
        Func<ScriptFilter> newFilter,
        CancellationToken cancellationToken
    )
    {
        do
        {
            (_mayHoldMore, var script) = (false, open());
            await using var _ = script.ConfigureAwait(false);
            _leftOut.Clear();
            _checks.Begin();
            await ExecuteAsync("BEGIN", cancellationToken).ConfigureAwait(false);
            using var pieces = newFilter().Read(script.Content).GetEnumerator();
            while (pieces.MoveNext())
                await RunAsync(pieces, cancellationToken).ConfigureAwait(false);
            await script.EndedAsync(cancellationToken).ConfigureAwait(false);
            foreach (var rule in _checks.Off)
                await ReturnAsync(rule, cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(_mayHoldMore ? "ROLLBACK" : "COMMIT", cancellationToken).ConfigureAwait(false);
        } while (_mayHoldMore);

        return [.. _leftOut.GroupBy(l => l, StringComparer.Ordinal).Select(g => g.Count() == 1 ? g.Key : $"{g.Key} ({g.Count()} times)")];
    }

    private async Task RunAsync(IEnumerator<SqlPiece> pieces, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var piece = pieces.Current;
        if (piece.Kind != SqlPieceKind.Statement)
            return;
        if (piece.CopiesFromClient)
            await CopyAsync(piece.Text, pieces, cancellationToken).ConfigureAwait(false);
        else if (await TryAsync(ScriptFilter.Bearable(piece.Text), cancellationToken).ConfigureAwait(false) is { } failure)
            LeaveOut(piece.Text, failure);
    }

    private void LeaveOut(string statement, PostgresException failure)
    {
        var words = new StatementWords(statement);
        var isSaidOfMissing =
            OfMissing.Contains(failure.SqlState, StringComparer.Ordinal)
            && (words[0] is "COMMENT" or "GRANT" or "REVOKE" || (words[0] is "ALTER" && words.Contain("OWNER", "TO")));
        if (!isSaidOfMissing)
            Name(StatementName.Of(statement), Secrets.Hide(failure.MessageText, statement));
    }

    private void Name(string what, string why) => _leftOut.Add($"{Secrets.Mask(Text(what))} ({Text(why)})");

    private static string Text(string bytes) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes));

    private async Task CopyAsync(string statement, IEnumerator<SqlPiece> pieces, CancellationToken cancellationToken)
    {
        await ExecuteAsync("SAVEPOINT " + Savepoint, cancellationToken).ConfigureAwait(false);
        foreach (var rule in _checks.Of(statement))
            await TakeOffAsync(rule, cancellationToken).ConfigureAwait(false);
        try
        {
            var writer = await TextImport.BeginAsync(connection, statement, cancellationToken).ConfigureAwait(false);
            await using (writer.ConfigureAwait(false))
                await SendAsync(writer, pieces, cancellationToken).ConfigureAwait(false);
            await ExecuteAsync("RELEASE SAVEPOINT " + Savepoint, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (IsOfStatement(e))
        {
            while (!IsEndOfData(pieces.Current) && pieces.MoveNext()) { }

            await RollBackAsync(cancellationToken).ConfigureAwait(false);
            if (await _checks.LearnAsync(connection, statement, e, cancellationToken).ConfigureAwait(false))
                _mayHoldMore = true;
            else
                Name("the rows of " + BrokenChecks.TableOf(statement), e.MessageText);
        }
    }

    private static async Task SendAsync(NpgsqlCopyTextWriter writer, IEnumerator<SqlPiece> pieces, CancellationToken cancellationToken)
    {
        try
        {
            while (pieces.MoveNext() && !IsEndOfData(pieces.Current))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (pieces.Current.Kind == SqlPieceKind.CopyData)
                    await writer
                        .BaseStream.WriteAsync(Encoding.Latin1.GetBytes(pieces.Current.Text), CancellationToken.None)
                        .ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not PostgresException)
        {
            // Closing the writer would say that the data is complete.
            await writer.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static bool IsEndOfData(SqlPiece piece) => piece.Kind == SqlPieceKind.CopyData && piece.Text.AsSpan().TrimEnd("\r\n") is "\\.";

    private async Task TakeOffAsync(BrokenRule rule, CancellationToken cancellationToken)
    {
        if (await TryAsync(rule.TakeOff, cancellationToken).ConfigureAwait(false) is null)
            _checks.Off.Add(rule);
    }

    private async Task ReturnAsync(BrokenRule rule, CancellationToken cancellationToken)
    {
        if (rule.Return is null)
            Name(rule.Name, "its values cannot be computed");
        else if (await TryAsync(rule.Return, cancellationToken).ConfigureAwait(false) is { } failure)
            Name(rule.Name, failure.MessageText);
        else
            Name("the validity of " + rule.Name, "rows break it; it is NOT VALID");
    }

    /// <returns>Why it failed; null when it did not.</returns>
    private async Task<PostgresException?> TryAsync(string statement, CancellationToken cancellationToken)
    {
        var batch = connection.CreateBatch();
        await using var _ = batch.ConfigureAwait(false);
        foreach (var part in (string[])["SAVEPOINT " + Savepoint, statement, "RELEASE SAVEPOINT " + Savepoint])
            batch.BatchCommands.Add(new NpgsqlBatchCommand(part));
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (PostgresException e) when (IsOfStatement(e) && !cancellationToken.IsCancellationRequested)
        {
            await RollBackAsync(cancellationToken).ConfigureAwait(false);
            return e;
        }
    }

    private async Task RollBackAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync("ROLLBACK TO SAVEPOINT " + Savepoint, cancellationToken).ConfigureAwait(false);
        await ExecuteAsync("RELEASE SAVEPOINT " + Savepoint, cancellationToken).ConfigureAwait(false);
    }

    private Task<int> ExecuteAsync(string statement, CancellationToken cancellationToken) =>
        SqlBatch.ExecuteAsync(connection, statement, [], cancellationToken);

    private static bool IsOfStatement(PostgresException e) =>
        e.InvariantSeverity is "ERROR" && !Array.Exists(NotOfStatements, code => e.SqlState.StartsWith(code, StringComparison.Ordinal));
}
