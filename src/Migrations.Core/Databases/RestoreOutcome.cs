namespace Migrations.Databases;

/// <summary>What a restore did. Disposing it ends the watch over who writes.</summary>
/// <param name="Kept">Where the old state is kept: a file, or a database's name; null when there was none.</param>
/// <param name="How">The way it went, in a few words, for example <c>copied into the open file</c>.</param>
public sealed record RestoreOutcome(string? Kept, string How) : IDisposable
{
    /// <summary>What is in the kept file, for its manifest; null where it is not a file or not a database.</summary>
    public BackupContent? KeptContent { get; init; }

    /// <summary>What the server could not make of the backup, by name; see <see cref="BackupSource.AcceptFaults"/>.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>
    /// The history tables, as <see cref="TableContent.Table"/> names them, that got a row with the stamp besides what the backup holds.
    /// </summary>
    public IReadOnlyList<string> StampedTables { get; init; } = [];

    /// <summary>
    /// Whether others may have written since it was restored: what they wrote is not the fault of the restore. Null where that is
    /// impossible.
    /// </summary>
    public Func<bool>? IsWrittenSince { get; init; }

    /// <summary>What is kept open for that.</summary>
    public IDisposable? Watch { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Watch?.Dispose();
}
