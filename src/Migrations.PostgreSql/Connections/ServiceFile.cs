using System.Globalization;
using Migrations.Folders;

namespace Migrations.PostgreSql;

/// <summary>
/// The connection parameters of a service, from a file as libpq reads it
/// (<see href="https://www.postgresql.org/docs/current/libpq-pgservice.html"/>): the user's own file, then the system's. Messages never
/// repeat a value.
/// </summary>
internal static class ServiceFile
{
    private const string Name = "pg_service.conf";

    // libpq has the folder of the system's file built in; pg_config --sysconfdir names it.
    private static readonly string[] SystemFolders =
    [
        "/etc/postgresql-common",
        "/etc/sysconfig/pgsql",
        "/etc/pgsql",
        "/opt/homebrew/etc/postgresql",
        "/usr/local/etc/postgresql",
        "/etc",
    ];

    /// <summary>Reads a service.</summary>
    /// <param name="service">Its name.</param>
    /// <param name="named">The file that a connection text names; null for none.</param>
    /// <param name="baseFolder">Where relative paths of files start.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/>: no file has it, or the file is wrong.</exception>
    public static ConnectionParameters Read(string service, string? named, string baseFolder)
    {
        var chosen = named ?? LibpqVariables.Of("PGSERVICEFILE");
        if (chosen is not null && !File.Exists(chosen))
            throw Invalid($"the service file '{chosen}' does not exist{(named is null ? " (PGSERVICEFILE)" : "")}.");
        var files = new[] { chosen ?? OwnFile() }.Concat(SystemFiles()).Where(File.Exists).Distinct(StringComparer.Ordinal).ToList();
        foreach (var file in files)
        {
            if (Read(service, file, ReadLines(file), baseFolder) is { } found)
                return found;
        }

        var where = files.Count == 0 ? $"there is no service file ('{OwnFile()}')" : $"not in '{string.Join("' or '", files)}'";
        throw Invalid($"the service {Named(service)}is not defined: {where}.");
    }

    // What is taken for a name may be a whole connection text, with a password.
    private static string Named(string service) =>
        service.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') ? $"'{service}' " : "";

    private static ConnectionParameters? Read(string service, string file, string[] lines, string baseFolder)
    {
        ConnectionParameters? found = null;
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line[0] == '[')
            {
                if (found is not null)
                    return found;
                if (line.StartsWith($"[{service}]", StringComparison.Ordinal))
                    found = new ConnectionParameters($"the service '{service}' in '{file}'", baseFolder);
            }
            else if (found is not null)
                Set(found, line, names, string.Create(CultureInfo.InvariantCulture, $"{file}:{i + 1}"));
        }

        return found;
    }

    private static void Set(ConnectionParameters parameters, string line, HashSet<string> names, string where)
    {
        if (line.StartsWith("ldap", StringComparison.Ordinal))
            throw Invalid($"{where} looks the parameters up by LDAP, which is not supported here.");
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw Invalid($"{where} is not of the form name=value.");
        var name = line[..equals];
        if (name is "service" or "servicefile")
            throw Invalid($"{where} names another service, which no service may.");
        // As for libpq, the first one counts.
        if (names.Add(name))
            parameters.Set(name, line[(equals + 1)..], where);
    }

    private static string[] ReadLines(string file)
    {
        try
        {
            RegularFile.Require(file);
            return File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid($"the service file '{file}' cannot be read: {e.Message}", e);
        }
    }

    private static string OwnFile() =>
        OperatingSystem.IsWindows()
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "postgresql", "." + Name)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "." + Name);

    private static IEnumerable<string> SystemFiles() =>
        (LibpqVariables.Of("PGSYSCONFDIR") is { } folder ? [folder] : SystemFolders).Select(f => Path.Combine(f, Name));

    private static MigrationException Invalid(string what, Exception? inner = null) =>
        new(
            ErrorId.TargetInvalid,
            $"The PostgreSQL database is not given correctly: {what}",
            "Correct the file, or name the service and its file by PGSERVICE and PGSERVICEFILE (service= and servicefile= in the text); or "
                + "unset PGSERVICE and write postgres://user:password@host:5432/database.",
            inner
        );
}
