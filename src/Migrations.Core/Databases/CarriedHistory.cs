using Migrations.History;
using Migrations.Schema;

namespace Migrations.Databases;

/// <summary>
/// What a copy writes into the history of its target: the migrations that are applied in the source, as adopted, and the schema as the copy
/// has made it, because no script of theirs makes it there.
/// </summary>
public sealed class CarriedHistory
{
    private readonly IReadOnlyList<JournalRecorder> _recorders;

    /// <summary>Puts it together.</summary>
    /// <param name="rows">The rows, oldest first.</param>
    /// <param name="recorders">One for each service whose rows they are.</param>
    internal CarriedHistory(IReadOnlyList<JournalEntry> rows, IReadOnlyList<JournalRecorder> recorders) =>
        (Rows, _recorders) = (rows, recorders);

    /// <summary>The rows, oldest first.</summary>
    public IReadOnlyList<JournalEntry> Rows { get; }

    /// <summary>Appends it in the open transaction, in which the tables are in their places.</summary>
    /// <param name="history">The history of the target.</param>
    /// <param name="schema">The schema of the target.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task AppendAsync(IHistoryStore history, SchemaSnapshot schema, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(schema);
        foreach (var row in Rows)
            await history.AppendAsync(row, cancellationToken).ConfigureAwait(false);
        foreach (var recorder in _recorders)
        {
            var entry = recorder.Entry("copy", JournalEvent.Snapshot) with
            {
                SchemaFingerprint = schema.Fingerprint,
                Script = SchemaScript.Write(schema),
            };
            await history.AppendAsync(entry, cancellationToken).ConfigureAwait(false);
        }
    }
}
