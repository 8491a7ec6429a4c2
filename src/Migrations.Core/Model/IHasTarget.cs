namespace Migrations;

/// <summary>What is of one database and can be passed on in its place: a status, a summary, a result, a backup.</summary>
public interface IHasTarget
{
    /// <summary>The database as shown to people.</summary>
    string Database { get; }

    /// <summary>
    /// The database, to run against; keeps its secret. Null where only its text is known: a backup that was found in a folder.
    /// </summary>
    DatabaseTarget? Target { get; }
}
