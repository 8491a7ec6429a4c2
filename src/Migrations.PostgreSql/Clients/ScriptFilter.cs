using System.Text;

namespace Migrations.PostgreSql;

/// <summary>
/// Passes a dump on to <c>psql</c>, without what its server would refuse: the statements that name roles, which a server for proofs may
/// lack, and a setting of newer servers. No command of <c>psql</c> is passed on: <c>\restrict</c> and <c>\unrestrict</c> are left out, for
/// the loader has its own, and any other refuses the dump.
/// </summary>
/// <param name="withOwners">Whether owners and rights are passed on too.</param>
/// <param name="server">The server's major version.</param>
/// <param name="guard">Refuses what no dump has.</param>
internal sealed class ScriptFilter(bool withOwners, int server, DumpGuard guard)
{
    private const string ByteOrderMark = "\u00EF\u00BB\u00BF";

    /// <summary>How many foreign keys it makes NOT VALID, as its source has them.</summary>
    public int OpenKeys { get; private set; }

    /// <summary>Passes it on.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupInvalid"/>: it holds what no dump has.</exception>
    public async Task CopyAsync(Stream script, Stream to, CancellationToken cancellationToken)
    {
        var writer = new StreamWriter(to, Encoding.Latin1, bufferSize: 64 * 1024, leaveOpen: true);
        await using var _ = writer.ConfigureAwait(false);
        foreach (var piece in Read(script))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var text = piece.Kind == SqlPieceKind.Statement ? Bearable(piece.Text) : piece.Text;
            await writer.WriteAsync(text.AsMemory(), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the pieces of it that are passed on. Their texts are bytes, each taken for a character.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupInvalid"/>: it holds what no dump has.</exception>
    public IEnumerable<SqlPiece> Read(Stream script)
    {
        // Byte for byte, whatever the dump's encoding is: what is looked for is ASCII.
        using var reader = new StreamReader(script, Encoding.Latin1, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        // psql passes over the mark at the beginning only, and that is ours.
        for (var i = 0; i < ByteOrderMark.Length && reader.Peek() == ByteOrderMark[i] && reader.Read() >= 0; i++) { }

        foreach (var piece in PostgreSqlStatementReader.Read(reader))
        {
            if (piece.Text.Contains('\0', StringComparison.Ordinal))
                throw guard.RefuseNul(piece.Line);
            if (IsPassedOn(piece))
                yield return piece;
        }
    }

    /// <summary>A statement as it is passed on: one that makes a foreign key so that rows may break it.</summary>
    public static string Bearable(string statement) =>
        BrokenForeignKeys.IsKey(statement) ? BrokenForeignKeys.Bearable(statement) : statement;

    private bool IsPassedOn(SqlPiece piece)
    {
        if (piece.Kind == SqlPieceKind.Shell)
            return piece.Text.TrimStart().Split(' ', '\t')[0].TrimEnd() is "\\restrict" or "\\unrestrict"
                ? false
                : throw guard.RefuseCommand(piece);
        if (piece.Kind != SqlPieceKind.Statement)
            return true;
        guard.Check(piece.Text, piece.Line);
        if (BrokenForeignKeys.IsOpenKey(piece.Text))
            OpenKeys++;
        return !IsLeftOut(piece.Text) && !IsOfTransaction(piece);
    }

    /// <summary>
    /// Whether it begins or ends a transaction, as <c>pg_dump</c> writes it around large objects: the dump is loaded in one of ours, all or
    /// nothing.
    /// </summary>
    private bool IsOfTransaction(SqlPiece piece) =>
        StatementClassifier.Classify(piece.Text) switch
        {
            StatementRole.Begin or StatementRole.Commit => true,
            StatementRole.Chain or StatementRole.Rollback or StatementRole.PrepareTransaction => throw guard.RefuseTransaction(piece),
            _ => false,
        };

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
