using Migrations.Backup;

namespace Migrations.Planning;

/// <summary>What to apply. Nothing said: everything pending.</summary>
public sealed record ApplyRequest
{
    /// <summary>The last version to apply (a version, a semantic version or a name); null: the newest.</summary>
    public string? Target { get; init; }

    /// <summary>The maximum number of migrations to apply.</summary>
    public int? First { get; init; }

    /// <summary>Exactly these (versions or names); null: all.</summary>
    public IReadOnlyList<string>? Only { get; init; }

    /// <summary>How the steps are put into transactions.</summary>
    public TransactionMode TransactionMode { get; init; } = TransactionMode.Each;

    /// <summary>Applies pending migrations that are older than applied ones; recorded in the history.</summary>
    public bool AllowOutOfOrder { get; init; }

    /// <summary>Runs although applied scripts were edited or are gone; recorded in the history.</summary>
    public bool SkipChecksum { get; init; }

    /// <summary>Applies to a database whose migrations another tool recorded, and that was not taken over; recorded in the
    /// history.</summary>
    public bool IgnoreForeignHistory { get; init; }

    /// <summary>
    /// The checks that are made after the last step, under the lock, or at once when nothing is pending; a failed one fails the run. Null:
    /// none.
    /// </summary>
    public CheckRequest? Check { get; init; }

    /// <summary>
    /// The full path of a file that gets the complete schema as SQL after the last step, under the lock and before the checks, or at once
    /// when nothing is pending. It is written only when it differs. Null: none.
    /// </summary>
    public string? SchemaFile { get; init; }

    /// <summary>Which rules count for pending scripts, and whether what they find stops the run.</summary>
    public LintOptions Lint { get; init; } = new();

    /// <summary>The backup that is made before the first step, under the lock, when there is something to do; null: none.</summary>
    public BackupRequest? Backup { get; init; }

    /// <summary>
    /// Restores the database from that backup when a script outside a transaction or a check after the run fails, because no rollback
    /// undoes these. The failed state is kept. A run that is cancelled is not restored.
    /// </summary>
    public bool RestoreOnFailure { get; init; }

    /// <summary>Whether that restore may leave out what the server cannot make of the backup; it is then listed by name.</summary>
    public bool AcceptFaults { get; init; }
}
