namespace Migrations.Databases;

/// <summary>What a session knows of its database.</summary>
/// <param name="Engine">The engine's name.</param>
/// <param name="EngineVersion">The server's version, or the SQLite library's and where it came from.</param>
/// <param name="User">The database user; null where the engine has none.</param>
public sealed record DatabaseInfo(string Engine, string EngineVersion, string? User)
{
    /// <summary>What distinguishes the database from every other one, however it is named; null where its name does.</summary>
    internal string? Identity { get; init; }
}
