using Migrations.Backup;
using Migrations.Databases;
using Migrations.Schema;

namespace Migrations.Cli.Commands;

/// <summary>Two things to compare, and the driver that reads both.</summary>
/// <param name="Driver">The driver.</param>
/// <param name="Origin">A database of the same kind, on whose server scratch databases are made; null when none is named.</param>
/// <param name="Left">What is expected, and how it is shown.</param>
/// <param name="Right">What is looked at, and how it is shown.</param>
internal sealed record SidePair(IDatabaseDriver Driver, DatabaseTarget? Origin, (SchemaSide Side, string Display) Left, (SchemaSide Side, string Display) Right)
{
    /// <summary>Finds out what two texts mean. Files of SQL and folders belong to no kind of database: the other side says it, or <c>--database</c>.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>, <see cref="ErrorId.TargetInvalid"/>: they are of different kinds, or of none.</exception>
    public static SidePair Resolve(string left, string right, IReadOnlyList<string> databases)
    {
        var (first, second) = (Read(left), Read(right));
        var named = databases.Count > 0 ? Drivers.Resolve(databases[0], Directory.GetCurrentDirectory()) : default;
        var driver = first.Driver ?? second.Driver ?? named.Driver ?? throw new MigrationException(
            ErrorId.UsageInvalid, "Neither side is a database, so it is not known what kind of database they are for.", "Name a database of that kind with --database.");
        if (first.Driver is not null && second.Driver is not null && !IsSameKind(first.Driver, second.Driver))
        {
            throw new MigrationException(
                ErrorId.UsageInvalid, $"{first.Display} is {first.Driver.Engine} and {second.Display} is {second.Driver.Engine}.", "Compare two of the same kind.");
        }

        var origin = (first.Side as DatabaseSide ?? second.Side as DatabaseSide)?.Target ?? (IsSameKind(named.Driver, driver) ? named.Target : null);
        return new SidePair(driver, origin, (first.Side, first.Display), (second.Side, second.Display));
    }

    private static bool IsSameKind(IDatabaseDriver? one, IDatabaseDriver? other) => string.Equals(one?.Engine, other?.Engine, StringComparison.Ordinal);

    private static (SchemaSide Side, string Display, IDatabaseDriver? Driver) Read(string text)
    {
        var path = Path.GetFullPath(text);
        if (Backup(path) is { } backup)
            return backup;
        if (Directory.Exists(path))
            return (new FolderSide(path), text, null);
        if (text.EndsWith(".sql", StringComparison.OrdinalIgnoreCase))
            return (new FileSide(path), text, null);
        var (driver, target) = Drivers.Resolve(text, Directory.GetCurrentDirectory());
        return (new DatabaseSide(target), target.Display, driver);
    }

    // A SQLite backup is a database itself, and a script of SQL is read as one: only what no database and no script is needs to be loaded as a backup.
    private static (SchemaSide Side, string Display, IDatabaseDriver? Driver)? Backup(string path)
    {
        if (!Path.Exists(path))
            return null;
        foreach (var driver in Drivers.All)
        {
            if (!driver.CreatesDatabases && driver.Backups.Recognize(path) is { } format && format != BackupFormat.Sql)
                return (new BackupSide(new BackupSource(path, format)), path, driver);
        }

        return null;
    }
}
