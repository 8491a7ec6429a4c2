using System.Globalization;

namespace Migrations.PostgreSql;

/// <summary>The name that other sessions see in <c>pg_stat_activity</c>: who is migrating what.</summary>
internal static class ApplicationName
{
    // The server keeps 63 bytes (NAMEDATALEN - 1) and turns what is not ASCII into '?'.
    private const int MostCharacters = 63;
    private const string Prefix = "migrations ";

    public static string Of(string? migration)
    {
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{Prefix}{Environment.MachineName}/{Environment.ProcessId}{(migration is null ? "" : " " + migration)}"
        );
        return name.Length <= MostCharacters ? name : name[..MostCharacters];
    }

    /// <summary>Reads a name back into machine, process and migration; all null when it is not ours.</summary>
    public static (string? Host, int? Process, string? Migration) Read(string? name)
    {
        if (name is null || !name.StartsWith(Prefix, StringComparison.Ordinal))
            return default;
        var parts = name[Prefix.Length..].Split(' ', 2);
        var slash = parts[0].LastIndexOf('/');
        return slash > 0 && int.TryParse(parts[0].AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            ? (parts[0][..slash], process, parts.Length > 1 ? parts[1] : null)
            : default;
    }
}
