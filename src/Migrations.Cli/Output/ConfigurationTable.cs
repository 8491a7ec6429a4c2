using Migrations.Configuration;

namespace Migrations.Cli.Output;

/// <summary>Prints the settings in force.</summary>
internal static class ConfigurationTable
{
    public static void Print(Terminal terminal, IReadOnlyList<ConfigurationEntry> entries)
    {
        string? service = null;
        foreach (var entry in entries)
        {
            if (!string.Equals(entry.Service, service, StringComparison.Ordinal))
            {
                terminal.Out();
                terminal.Out($"Service {entry.Service}");
            }

            service = entry.Service;
            terminal.Out($"{entry.Name, -24} {PlainText.Clean(entry.Value)}  ({entry.Source})");
        }
    }
}
