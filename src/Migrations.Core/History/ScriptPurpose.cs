namespace Migrations.History;

/// <summary>What a script that is no migration was run for.</summary>
public enum ScriptPurpose
{
    /// <summary>It was run by name, and may be run again.</summary>
    Run,

    /// <summary>It initializes a database, once.</summary>
    Init,

    /// <summary>It puts data for development into a database, once.</summary>
    Seed,
}
