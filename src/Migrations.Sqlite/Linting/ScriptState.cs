using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>What the script that is read has done so far.</summary>
/// <param name="script">The script.</param>
/// <param name="isInTransaction">Whether it runs in one transaction.</param>
internal sealed class ScriptState(MigrationScript script, bool isInTransaction)
{
    /// <summary>The script.</summary>
    public MigrationScript Script => script;

    /// <summary>Whether it runs in one transaction.</summary>
    public bool IsInTransaction => isInTransaction;

    /// <summary>Tables that were there before and are dropped or renamed, as they were then.</summary>
    public List<GoneTable> Gone { get; } = [];

    /// <summary>Copies of rows.</summary>
    public List<(ScriptStatement Statement, string Into, ForecastCopy Copy)> Copies { get; } = [];

    /// <summary>Triggers that it makes.</summary>
    public List<(ScriptStatement Statement, KnownObject Trigger)> Triggers { get; } = [];

    /// <summary>Tables that it makes, by the name that they are made under.</summary>
    public Dictionary<string, (ScriptStatement Statement, KnownTable Table)> Made { get; } = new(StringComparer.Ordinal);

    /// <summary>The statement that first changes the schema of a table that was there before.</summary>
    public ScriptStatement? SchemaChange { get; set; }

    /// <summary>Whether it switches to the old way of RENAME.</summary>
    public bool UsesLegacyRename { get; set; }

    /// <summary>Whether it looks after the marks of AUTOINCREMENT.</summary>
    public bool NamesSequence { get; set; }

    /// <summary>Whether a transaction of its own is open.</summary>
    public bool IsInOwnTransaction { get; set; }
}
