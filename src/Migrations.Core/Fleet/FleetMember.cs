using Migrations.Configuration;

namespace Migrations.Fleet;

/// <summary>A database of a fleet.</summary>
/// <param name="Database">What the call and the configuration say of it.</param>
/// <param name="Target">The database; null where it cannot be resolved, which its work reports.</param>
public sealed record FleetMember(SelectedDatabase Database, DatabaseTarget? Target);
