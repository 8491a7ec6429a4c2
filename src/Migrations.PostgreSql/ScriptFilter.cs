using System.Text;

namespace Migrations.PostgreSql;

/// <summary>
/// Passes a dump on to <c>psql</c>, without what its server would refuse: the statements that name roles, which a server for proofs may lack, and a setting of newer servers.
/// </summary>
/// <param name="withOwners">Whether owners and rights are passed on too.</param>
/// <param name="server">The server's major version.</param>
internal sealed class ScriptFilter(bool withOwners, int server)
{
    /// <summary>Passes it on.</summary>
    public async Task CopyAsync(Stream script, Stream to, CancellationToken cancellationToken)
    {
        if (withOwners && TransactionTimeout.IsKnown(server))
        {
            await script.CopyToAsync(to, cancellationToken).ConfigureAwait(false);
            return;
        }

        // Byte for byte, whatever the dump's encoding is: what is looked for is ASCII.
        using var reader = new StreamReader(script, Encoding.Latin1, detectEncodingFromByteOrderMarks: false);
        var writer = new StreamWriter(to, Encoding.Latin1, bufferSize: 64 * 1024, leaveOpen: true);
        await using var _ = writer.ConfigureAwait(false);
        foreach (var piece in PostgreSqlStatementReader.Read(reader))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (piece.Kind != SqlPieceKind.Statement || !IsLeftOut(piece.Text))
                await writer.WriteAsync(piece.Text.AsMemory(), cancellationToken).ConfigureAwait(false);
        }
    }

    private bool IsLeftOut(string statement) => TransactionTimeout.IsRefused(statement, server) || (!withOwners && NamesRole(statement));

    private static bool NamesRole(string statement)
    {
        var words = new StatementWords(statement);
        if (words[0] is "GRANT" or "REVOKE")
            return true;
        if (words[0] is not "ALTER")
            return false;
        var count = words.Count();
        return words.StartWith("ALTER DEFAULT PRIVILEGES") || (count > 3 && words[count - 3] is "OWNER" && words[count - 2] is "TO");
    }
}
