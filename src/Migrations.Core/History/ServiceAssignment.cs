namespace Migrations.History;

/// <summary>
/// Gives rows without a service the service that they were assigned to later. A row that assigns names a migration and its service, and
/// holds for the rows before it; those stay as they are.
/// </summary>
internal static class ServiceAssignment
{
    /// <summary>The rows, each with its service.</summary>
    /// <param name="entries">All rows, of all services, in the order of their ids.</param>
    public static IReadOnlyList<JournalEntry> Resolve(IReadOnlyList<JournalEntry> entries)
    {
        if (!entries.Any(e => e.Event == JournalEvent.Assigned))
            return entries;
        var services = new Dictionary<(string?, string), string?>();
        var resolved = new List<JournalEntry>(entries.Count);
        foreach (var entry in entries.Reverse())
        {
            if (entry.Event == JournalEvent.Assigned)
                services[(entry.Version, entry.Name)] = entry.Service;
            resolved.Add(
                entry is { Service: null, IsOfMigration: true } && services.TryGetValue((entry.Version, entry.Name), out var service)
                    ? entry with
                    {
                        Service = service,
                    }
                    : entry
            );
        }

        resolved.Reverse();
        return resolved;
    }
}
