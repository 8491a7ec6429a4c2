using System.Text;

namespace Migrations.PostgreSql;

/// <summary>Passes a dump on to <c>psql</c>, with or without the statements that name roles: a server for proofs may lack them.</summary>
internal static class ScriptFilter
{
    /// <summary>Passes it on.</summary>
    public static async Task CopyAsync(Stream script, Stream to, bool withOwners, CancellationToken cancellationToken)
    {
        if (withOwners)
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
            if (piece.Kind != SqlPieceKind.Statement || !NamesRole(piece.Text))
                await writer.WriteAsync(piece.Text.AsMemory(), cancellationToken).ConfigureAwait(false);
        }
    }

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
