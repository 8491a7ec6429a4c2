using Migrations.Configuration;

namespace Migrations.Fleet;

/// <summary>A database of a fleet.</summary>
/// <param name="database">What the call and the configuration say of it.</param>
/// <param name="target">The database.</param>
public sealed class FleetMember(SelectedDatabase database, DatabaseTarget target)
{
    /// <summary>What the call and the configuration say of it.</summary>
    public SelectedDatabase Database => database;

    /// <summary>The database.</summary>
    public DatabaseTarget Target => target;
}
