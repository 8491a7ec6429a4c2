namespace Migrations.Configuration;

/// <summary>
/// Puts services into the order of dependency: each comes after those that it depends on, and otherwise as the file has them.
/// </summary>
internal static class ServiceOrder
{
    /// <summary>Sorts services.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ConfigurationInvalid"/>: one depends on what is no service, or on
    /// itself.</exception>
    public static IReadOnlyList<ConfiguredService> Sort(IReadOnlyList<ConfiguredService> services)
    {
        var sorted = new List<ConfiguredService>();
        foreach (var service in services)
            Visit(service, services, [], sorted);
        return sorted;
    }

    private static void Visit(
        ConfiguredService service,
        IReadOnlyList<ConfiguredService> all,
        List<string> path,
        List<ConfiguredService> sorted
    )
    {
        if (sorted.Contains(service))
            return;
        path.Add(service.Name);
        foreach (var name in service.DependsOn)
        {
            ConfigurationError.DemandKnown(name, "service", all.Select(s => s.Name));
            var start = path.IndexOf(name.Value);
            if (start >= 0)
            {
                throw ConfigurationError.At(
                    name.Place,
                    $"These services depend on each other in a circle: {string.Join(" -> ", path.Skip(start).Append(name.Value))}.",
                    "Remove one of these dependencies."
                );
            }

            Visit(all.First(s => string.Equals(s.Name, name.Value, StringComparison.Ordinal)), all, path, sorted);
        }

        path.RemoveAt(path.Count - 1);
        sorted.Add(service);
    }
}
