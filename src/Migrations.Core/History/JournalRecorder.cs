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
        new()
        {
            RunId = RunId,
            Service = service,
            Version = migration.Version?.Text,
            Name = migration.FullName,
            Description = migration.Header.Description,
            SemanticVersion = migration.Header.SemanticVersion,
            Direction = direction,
            Event = what,
            Checksum = migration.Up.Checksum,
            AppliedBy = OwnUser.Name,
            Host = Environment.MachineName,
            Success = what != JournalEvent.Failed,
            ToolVersion = ToolVersion,
        };

    /// <summary>A row about a migration that only the history knows.</summary>
    public JournalEntry Entry(HistoryRecord record, MigrationDirection direction, JournalEvent what) =>
        new()
        {
            RunId = RunId,
            Service = service,
            Version = record.Version?.Text,
            Name = record.Name,
            Direction = direction,
            Event = what,
            Checksum = record.Applied?.Checksum,
            AppliedBy = OwnUser.Name,
            Host = Environment.MachineName,
            Success = what != JournalEvent.Failed,
            ToolVersion = ToolVersion,
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
}
