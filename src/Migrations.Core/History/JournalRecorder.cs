using System.Reflection;
using Migrations.Sql;

namespace Migrations.History;

/// <summary>Creates the journal rows of one run.</summary>
/// <param name="dialect">How the database's SQL is read, for taking secrets out of scripts.</param>
/// <param name="service">The service; null without services.</param>
public sealed class JournalRecorder(ISqlDialect dialect, string? service)
{
    /// <summary>The longest script that is stored, in bytes.</summary>
    public const long LongestStoredScript = 1024 * 1024;

    /// <summary>The tool's version, as recorded.</summary>
    public static string ToolVersion { get; } =
        typeof(JournalRecorder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "0";

    /// <summary>The run's id.</summary>
    public Guid RunId { get; } = Guid.NewGuid();

    /// <summary>A row about a migration of the folder.</summary>
    public JournalEntry Entry(Migration migration, MigrationDirection direction, JournalEvent what) =>
        Row(migration.FullName, direction, what) with
        {
            Version = migration.Version?.Text,
            Description = migration.Header.Description,
            SemanticVersion = migration.Header.SemanticVersion,
            Checksum = migration.Up.Checksum is { Length: > 0 } checksum ? checksum : null,
        };

    /// <summary>The row of a half that ran, or of a squash that is only recorded.</summary>
    public JournalEntry Step(Migration migration, MigrationDirection direction) =>
        Entry(
            migration,
            direction,
            direction == MigrationDirection.Down ? JournalEvent.RolledBack
                : migration.IsSquashRecord ? JournalEvent.Squashed
                : JournalEvent.Applied
        );

    /// <summary>A row about a migration that only the history knows.</summary>
    public JournalEntry Entry(HistoryRecord record, MigrationDirection direction, JournalEvent what) =>
        Row(record.Name, direction, what) with
        {
            Version = record.Version?.Text,
            Checksum = record.Applied?.Checksum,
        };

    /// <summary>A row about a script that is no migration; the driver fills in duration and rows when it is run as a step.</summary>
    /// <param name="name">The name that the history shows: mostly the file's.</param>
    /// <param name="script">The script.</param>
    /// <param name="statements">How many statements it has; null when that is not known.</param>
    public JournalEntry Ran(string name, MigrationScript script, int? statements) =>
        Row(name, MigrationDirection.Up, JournalEvent.Ran) with
        {
            Checksum = script.Checksum,
            StatementIndex = statements - 1,
        };

    /// <summary>A row that assigns the rows of a migration without a service to one.</summary>
    /// <param name="unassigned">One of those rows.</param>
    /// <param name="owner">The service.</param>
    public JournalEntry Assigned(JournalEntry unassigned, string owner) =>
        Row(unassigned.Name, MigrationDirection.Up, JournalEvent.Assigned) with
        {
            Service = owner,
            Version = unassigned.Version,
        };

    /// <summary>A row that marks the database as that of an environment, or takes the mark away.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="isRemoved">Whether its mark is taken away.</param>
    /// <remarks>A stamp is of the database, whichever services share it, so the row belongs to none.</remarks>
    public JournalEntry Stamped(string environment, bool isRemoved = false) =>
        Row(environment, isRemoved ? MigrationDirection.Down : MigrationDirection.Up, JournalEvent.Stamped) with
        {
            Service = null,
            ErrorMessage = isRemoved ? "The stamp was removed." : null,
        };

    /// <summary>A row about no migration.</summary>
    public JournalEntry Entry(string name, JournalEvent what) =>
        new()
        {
            RunId = RunId,
            Service = service,
            Name = name,
            Direction = MigrationDirection.Up,
            Event = what,
            AppliedBy = OwnUser.Name,
            Host = Environment.MachineName,
            Success = true,
            ToolVersion = ToolVersion,
        };

    /// <summary>
    /// The text of a script as it is stored: as the file has it, without secrets; null when it is too long or is not wanted.
    /// </summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.FileChanged"/>: the file is no longer what was read and checked.</exception>
    public string? StoredText(MigrationScript script)
    {
        if (script.Length > LongestStoredScript)
            return null;
        var text = ScriptText.ReadChecked(script);
        return script.Header.StoreScript ? ScriptRedaction.Redact(dialect, text) : null;
    }

    private JournalEntry Row(string name, MigrationDirection direction, JournalEvent what) =>
        new()
        {
            RunId = RunId,
            Service = service,
            Name = name,
            Direction = direction,
            Event = what,
            AppliedBy = OwnUser.Name,
            Host = Environment.MachineName,
            Success = what != JournalEvent.Failed,
            ToolVersion = ToolVersion,
        };
}
