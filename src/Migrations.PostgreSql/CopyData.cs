using System.Text;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Sends the data lines that follow a <c>COPY ... FROM STDIN</c>.</summary>
internal static class CopyData
{
    private const int BufferSize = 64 * 1024;

    /// <summary>Runs the statement with the data lines that come next, the line <c>\.</c> included.</summary>
    /// <param name="connection">The connection, in any transaction.</param>
    /// <param name="statement">The statement.</param>
    /// <param name="pieces">The script, standing on the statement; afterwards on the last piece of its data.</param>
    /// <param name="onRead">Told how many bytes of the script were read.</param>
    /// <param name="cancellationToken">Cancels the copy.</param>
    public static async Task SendAsync(NpgsqlConnection connection, string statement, IEnumerator<SqlPiece> pieces, Action<int> onRead, CancellationToken cancellationToken)
    {
        var stream = await connection.BeginRawBinaryCopyAsync(statement, cancellationToken).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        try
        {
            await SendLinesAsync(stream, pieces, onRead, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not PostgresException)
        {
            // Closing the stream would say that the data is complete.
            await stream.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task SendLinesAsync(NpgsqlRawCopyStream stream, IEnumerator<SqlPiece> pieces, Action<int> onRead, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        var used = 0;
        while (pieces.MoveNext())
        {
            var piece = pieces.Current;
            var length = Encoding.UTF8.GetByteCount(piece.Text);
            onRead(length);
            if (piece.Kind != SqlPieceKind.CopyData)
                continue;
            if (piece.Text.AsSpan().TrimEnd("\r\n") is "\\.")
                break;
            if (used + length > buffer.Length)
            {
                await stream.WriteAsync(buffer.AsMemory(0, used), cancellationToken).ConfigureAwait(false);
                used = 0;
                if (length > buffer.Length)
                    buffer = new byte[length];
            }

            used += Encoding.UTF8.GetBytes(piece.Text, buffer.AsSpan(used));
        }

        await stream.WriteAsync(buffer.AsMemory(0, used), cancellationToken).ConfigureAwait(false);
    }
}
