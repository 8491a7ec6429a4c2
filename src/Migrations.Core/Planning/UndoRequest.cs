using Migrations.Backup;

namespace Migrations.Planning;

/// <summary>What to undo. Nothing said: the last applied migration. At most one of the choices may be given.</summary>
public sealed record UndoRequest
{
    /// <summary>This migration (a version, a semantic version or a name), which must be the last applied one.</summary>
    public string? Name { get; init; }

    /// <summary>Everything after this one (a version, a semantic version or a name), which stays applied; <c>0</c> undoes all.</summary>
    public string? To { get; init; }

    /// <summary>The number of last migrations to roll back.</summary>
    public int? Last { get; init; }

    /// <summary>All.</summary>
    public bool All { get; init; }

    /// <summary>Exactly these (versions or names), which must be the last applied ones; null: no such choice.</summary>
    public IReadOnlyList<string>? Only { get; init; }

    /// <summary>How the steps are put into transactions.</summary>
    public TransactionMode TransactionMode { get; init; } = TransactionMode.Each;

    /// <summary>Undoes although rows or values are lost by it.</summary>
    public bool AcceptDataLoss { get; init; }

    /// <summary>Undoes only what a rehearsal has proven to bring schema and values back.</summary>
    public bool RequireProven { get; init; }

    /// <summary>
    /// With <see cref="RequireProven"/>: takes an undo, too, of which only the schema is proven, because there were no rows to compare.
    /// </summary>
    public bool SchemaOnly { get; init; }

    /// <summary>Runs although applied scripts were edited or are gone; recorded in the history.</summary>
    public bool SkipChecksum { get; init; }

    /// <summary>The backup that is made before the first step, under the lock, when there is something to do; null: none.</summary>
    public BackupRequest? Backup { get; init; }

    /// <summary>
    /// Restores the database from that backup when a script outside a transaction fails, because no rollback undoes such a one. The failed
    /// state is kept. A run that is cancelled is not restored.
    /// </summary>
    public bool RestoreOnFailure { get; init; }

    /// <summary>Whether that restore may leave out what the server cannot make of the backup; it is then listed by name.</summary>
    public bool AcceptFaults { get; init; }
}
