using System.Text;
using Migrations.Databases;
using Migrations.Events;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Sends the statements of a script: as a pre-split batch, cut only at COPY and when it is large.</summary>
/// <param name="connection">The connection.</param>
/// <param name="step">The step.</param>
/// <param name="batch">Takes the statements.</param>
/// <param name="content">What the script has shown itself to be.</param>
/// <param name="confinement">On a scratch database: keeps what runs to it.</param>
internal sealed class StepScript(
    PostgreSqlConnection connection,
    StepExecution step,
    StepBatch batch,
    StepContent content,
    Confinement? confinement
)
{
    private readonly OpenSavepoints _savepoints = new();
    private long _bytes;
    private bool _hasBegun;

    /// <summary>How many statements of the script were sent.</summary>
    public int Statements { get; private set; }

    /// <summary>The statement that is sent apart from the batch; null when none is.</summary>
    public SqlPiece? Alone { get; private set; }

    /// <summary>Statements that release the savepoints which the script has left.</summary>
    public IEnumerable<NpgsqlBatchCommand> Releases => _savepoints.Release();

    /// <summary>Sends all of it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var pieces = PostgreSqlStatementReader.Read(step.Script).GetEnumerator();
        while (pieces.MoveNext())
            await PieceAsync(pieces, cancellationToken).ConfigureAwait(false);
    }

    private async Task PieceAsync(IEnumerator<SqlPiece> pieces, CancellationToken cancellationToken)
    {
        var piece = pieces.Current;
        _bytes += Encoding.UTF8.GetByteCount(piece.Text);
        if (piece.Kind != SqlPieceKind.Statement || IsTakenOff(piece))
            return;
        if (confinement is not null)
            await ConfineAsync(confinement, piece, cancellationToken).ConfigureAwait(false);
        Statements++;
        _savepoints.Observe(piece.Text);
        content.Observe(piece.Text, batch);
        if (piece.CopiesFromClient)
        {
            await batch.SendAsync(cancellationToken).ConfigureAwait(false);
            await CopyAsync(piece, pieces, cancellationToken).ConfigureAwait(false);
            Advanced();
            return;
        }

        if (step.Rows is { } rows && QueryRows.MayComeFrom(piece.Text))
        {
            await batch.SendAsync(cancellationToken).ConfigureAwait(false);
            Alone = piece;
            await QueryRows.ReadAsync(connection, piece.Text, rows, cancellationToken).ConfigureAwait(false);
            Alone = null;
            return;
        }

        await AddAsync(piece, cancellationToken).ConfigureAwait(false);
    }

    private async Task AddAsync(SqlPiece piece, CancellationToken cancellationToken)
    {
        batch.Add(piece);
        if (confinement?.MakesExtension(piece.Text) == true)
            await confinement
                .MakeExtensionAsync(connection, () => batch.SendAsync(cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        if (!batch.IsFull)
            return;
        await batch.SendAsync(cancellationToken).ConfigureAwait(false);
        Advanced();
    }

    /// <summary>
    /// On a scratch database a statement that reaches beyond it ends the step, and one that makes an extension travels alone.
    /// </summary>
    private async Task ConfineAsync(Confinement scratch, SqlPiece piece, CancellationToken cancellationToken)
    {
        var location = step.Script.At(piece.Line, piece.Column);
        if (await scratch.RefusalAsync(connection, piece.Text, location, cancellationToken).ConfigureAwait(false) is { } refusal)
            throw refusal;
        if (scratch.MakesExtension(piece.Text))
            await batch.SendAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Whether a statement belongs to the script's own transaction, in whose place stands ours, or is a dump's for newer servers.
    /// </summary>
    private bool IsTakenOff(SqlPiece piece)
    {
        if (StatementClassifier.IsPassedOver(piece.Text, connection.ServerVersion))
            return true;
        var role = StatementClassifier.Classify(piece.Text);
        if (role is StatementRole.Begin or StatementRole.Commit)
            return true;
        if (role == StatementRole.SetTransaction && !_hasBegun)
            return true;
        _hasBegun |= role is not StatementRole.Setting;
        return false;
    }

    private async Task CopyAsync(SqlPiece piece, IEnumerator<SqlPiece> pieces, CancellationToken cancellationToken)
    {
        Alone = piece;
        await CopyData.SendAsync(connection, piece.Text, pieces, count => _bytes += count, cancellationToken).ConfigureAwait(false);
        Alone = null;
    }

    private void Advanced() =>
        connection.Options.Events.Publish(
            new ScriptAdvanced(step.Migration.FullName, Math.Min(_bytes, step.Script.Length), step.Script.Length)
        );
}
