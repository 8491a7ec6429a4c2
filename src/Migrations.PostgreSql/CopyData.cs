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
    /// <param name="onRead">Told how many bytes of the script were read.</param>
    /// <param name="cancellationToken">Cancels the copy.</param>
    public static async Task SendAsync(NpgsqlConnection connection, string statement, IEnumerator<SqlPiece> pieces, Action<int> onRead, CancellationToken cancellationToken)
    {
        var writer = await connection.BeginTextImportAsync(statement, cancellationToken).ConfigureAwait(false);
        await using var _ = writer.ConfigureAwait(false);
        try
        {
            while (pieces.MoveNext())
            {
                var piece = pieces.Current;
                onRead(Encoding.UTF8.GetByteCount(piece.Text));
                if (piece.Kind != SqlPieceKind.CopyData)
                    continue;
                if (piece.Text.AsSpan().TrimEnd("\r\n") is "\\.")
                    break;
                await writer.WriteAsync(piece.Text.AsMemory(), cancellationToken).ConfigureAwait(false);
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
