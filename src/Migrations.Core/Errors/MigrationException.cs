namespace Migrations;

/// <summary>An error of the engine: what happened, where, and what to do next. The message never holds a secret.</summary>
public class MigrationException : Exception
{
    /// <summary>An error with its cause and the way out.</summary>
    /// <param name="id">The cause.</param>
    /// <param name="message">What happened, in full sentences.</param>
    /// <param name="nextStep">What to do next, as precise as possible: a command to type, a line to write, a name to give.</param>
    /// <param name="inner">The driver's own exception, if any.</param>
    public MigrationException(ErrorId id, string message, Advice nextStep, Exception? inner = null)
        : base(message, inner)
    {
        Id = id;
        NextStep = nextStep;
    }

    /// <summary>The cause.</summary>
    public ErrorId Id { get; }

    /// <summary>The kind of failure.</summary>
    public FailureCategory Category => ErrorCatalog.CategoryOf(Id);

    /// <summary>What to do next.</summary>
    public Advice NextStep { get; internal set; }

    /// <summary>Where in a script it happened.</summary>
    public ScriptLocation? Location { get; init; }

    /// <summary>Where the configuration file names what the error is about; null where it does not.</summary>
    public ScriptLocation? Configured { get; internal set; }

    /// <summary>The message, with the place in front of it unless it names the file already.</summary>
    public string MessageWithPlace =>
        Location is { } place && !Message.Contains(place.ShownFile, StringComparison.Ordinal) ? $"{place}: {Message}" : Message;

    /// <summary>The message with the commands and options that it names as a face spells them.</summary>
    /// <param name="spelling">How the face spells them.</param>
    public virtual string MessageIn(Spelling spelling) => Message;

    /// <summary>The backup that was made before the run; null without one.</summary>
    public string? Backup { get; internal set; }

    /// <summary>Whether a script outside a transaction was begun, so that no rollback undid what it did; set by the runner.</summary>
    internal bool LeftBehind { get; set; }

    /// <summary>What of the failed script is in the database, for people; null where that was not looked at. Set by the runner.</summary>
    public string? InDatabase { get; internal set; }

    /// <summary>What the run had committed when it failed; set by the runner.</summary>
    public IReadOnlyList<MigrationResult> Applied { get; internal set; } = [];

    /// <summary>The migrations that the run did not get to, the failed one first; set by the runner.</summary>
    public IReadOnlyList<string> NotApplied { get; internal set; } = [];
}
