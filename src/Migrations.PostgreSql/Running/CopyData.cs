using System.Text;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Sends the data lines that follow a <c>COPY ... FROM STDIN</c>.</summary>
internal static class CopyData
{
    /// <summary>Runs the statement with the data lines that come next, the line <c>\.</c> included.</summary>
    /// <param name="connection">The connection, in any transaction.</param>
    /// <param name="statement">The statement.</param>
    /// <param name="pieces">The script, standing on the statement; afterwards on the last piece of its data.</param>
    /// <param name="onRead">Is given how many bytes of the script were read.</param>
    /// <param name="cancellationToken">Cancels the copy.</param>
    public static async Task SendAsync(
        PostgreSqlConnection connection,
        string statement,
        IEnumerator<SqlPiece> pieces,
        Action<int> onRead,
        CancellationToken cancellationToken
    )
    {
        // Npgsql ends a COPY without looking at a token, and a server that works on the data may take long: it is asked from beside to
        // stop.
        var backend = await connection.FindBackendAsync(cancellationToken).ConfigureAwait(false);
        var interrupt = Task.CompletedTask;
        var registration = cancellationToken.Register(() => interrupt = connection.CancelBackendAsync(backend));
        try
        {
            var writer = await TextImport.BeginAsync(connection.Npgsql, statement, cancellationToken).ConfigureAwait(false);
            await using var _ = writer.ConfigureAwait(false);
            await WriteAsync(writer, pieces, onRead, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
            await interrupt.ConfigureAwait(false);
        }
    }

    private static async Task WriteAsync(
        NpgsqlCopyTextWriter writer,
        IEnumerator<SqlPiece> pieces,
        Action<int> onRead,
        CancellationToken cancellationToken
    )
    {
        try
        {
            while (pieces.MoveNext())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var piece = pieces.Current;
                onRead(Encoding.UTF8.GetByteCount(piece.Text));
                if (piece.Kind != SqlPieceKind.CopyData)
                    continue;
                if (piece.Text.AsSpan().TrimEnd("\r\n") is "\\.")
                    break;
                // A server that was asked to stop takes what still comes and drops it, so that this never waits for long.
                await writer.WriteAsync(piece.Text.AsMemory(), CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not PostgresException)
        {
            // Closing the writer would say that the data is complete.
            await writer.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }
}
