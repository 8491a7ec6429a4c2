namespace Migrations.Backup;

/// <summary>
/// Which database a backup is of, whoever connected to it. A place that each machine has for itself, a file or a server on the loopback, is
/// known only together with the machine.
/// </summary>
/// <param name="Engine">The engine's name.</param>
/// <param name="Place">The database as shown to people, without the user.</param>
/// <param name="Host">The machine, where the place alone does not say it; else empty.</param>
internal readonly record struct BackupOrigin(string Engine, string Place, string Host)
{
    private const string SchemeEnd = "://";
    private const string Loopback = "localhost";

    /// <summary>The origin of a backup.</summary>
    public static BackupOrigin Of(DatabaseBackup backup) =>
        Of(backup.Engine, backup.Database, backup.Manifest?.Host ?? (backup.IsDatabase ? Environment.MachineName : ""));

    /// <summary>The origin of a backup that is made here and now.</summary>
    public static BackupOrigin Of(DatabaseTarget target) => Of(target.Engine, target.Display, Environment.MachineName);

    /// <summary>The origin of a database as it is shown to people, reached from a machine.</summary>
    public static BackupOrigin Of(string engine, string display, string host)
    {
        var start = display.IndexOf(SchemeEnd, StringComparison.Ordinal);
        if (start < 0)
            return new BackupOrigin(engine, display, host);
        start += SchemeEnd.Length;
        var at = display.IndexOf('@', start);
        var end = display.IndexOf('/', start);
        var server = at < 0 || (end >= 0 && at > end) ? display[start..] : display[(at + 1)..];
        return LoopbackLength(server) is var length && length > 0
            ? new BackupOrigin(engine, display[..start] + Loopback + server[length..], host)
            : new BackupOrigin(engine, display[..start] + server, "");
    }

    /// <summary>
    /// The backups of a database, in their order. Where the place is one that each machine has for itself, those that were made on this
    /// machine; those of all machines only without any of this one, which may have been replaced.
    /// </summary>
    public static List<DatabaseBackup> Choose(IEnumerable<DatabaseBackup> backups, DatabaseTarget database)
    {
        var wanted = Of(database);
        var all = backups.Where(b => Of(b) with { Host = wanted.Host } == wanted).ToList();
        var own = all.Where(b => Of(b) == wanted).ToList();
        return own.Count > 0 ? own : all;
    }

    /// <summary>Says that a backup was made of a database at the same place of another machine; null where that cannot be.</summary>
    public static string? OtherHost(DatabaseBackup backup, DatabaseTarget database)
    {
        var host = Of(backup).Host;
        return host.Length == 0 || string.Equals(host, Of(database).Host, StringComparison.Ordinal) ? null : host;
    }

    // A socket stands in brackets: [/var/run/postgresql]:5432.
    private static int LoopbackLength(string server)
    {
        var end = server.StartsWith('[') ? server.IndexOf(']') + 1 : server.IndexOfAny([':', '/']);
        var name = end < 0 ? server : server[..end];
        var isLoopback =
            name.StartsWith("[/", StringComparison.Ordinal)
            || name is "[::1]"
            || name.StartsWith("127.", StringComparison.Ordinal)
            || name.Equals(Loopback, StringComparison.OrdinalIgnoreCase);
        return isLoopback && !server.Contains(',') ? name.Length : 0;
    }
}
