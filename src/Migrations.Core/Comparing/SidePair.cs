using Migrations.Databases;

namespace Migrations.Comparing;

/// <summary>Two things to compare, and the driver that reads both.</summary>
/// <param name="Driver">The driver.</param>
/// <param name="Origin">A database of the same kind, on whose server scratch databases are made; null when none is named.</param>
/// <param name="Left">What is expected, and how it is shown.</param>
/// <param name="Right">What is looked at, and how it is shown.</param>
public sealed record SidePair(
    IDatabaseDriver Driver,
    DatabaseTarget? Origin,
    (SchemaSide Side, string Display) Left,
    (SchemaSide Side, string Display) Right
)
{
    /// <summary>
    /// Finds out what two texts mean. Files of SQL and folders belong to no kind of database: the other side says it, or a database that is
    /// named beside them.
    /// </summary>
    /// <param name="left">What is expected: a database, a .sql file, a migration folder or a backup.</param>
    /// <param name="right">What is looked at, likewise.</param>
    /// <param name="beside">A database of the kind that is meant, and its driver; null when none is named.</param>
    /// <param name="drivers">The kinds of databases that there are, in the order in which they are asked.</param>
    /// <param name="baseFolder">The folder that relative paths start from.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>, <see cref="ErrorId.TargetInvalid"/>: they are of different
    /// kinds, or of none.</exception>
    public static SidePair Resolve(
        string left,
        string right,
        (IDatabaseDriver Driver, DatabaseTarget Target)? beside,
        IReadOnlyList<IDatabaseDriver> drivers,
        string baseFolder
    )
    {
        var (first, second) = (Read(left, drivers, baseFolder), Read(right, drivers, baseFolder));
        var driver =
            first.Driver
            ?? second.Driver
            ?? beside?.Driver
            ?? throw new MigrationException(
                ErrorId.UsageInvalid,
                "Neither side is a database, so the kind of database cannot be determined.",
                $"Specify a database of the right kind with {CallOption.Database}."
            );
        if (first.Driver is not null && second.Driver is not null && !IsSameKind(first.Driver, second.Driver))
        {
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"{first.Display} is {first.Driver.Engine} and {second.Display} is {second.Driver.Engine}.",
                "Compare two sides of the same kind."
            );
        }

        var origin =
            (first.Side as DatabaseSide ?? second.Side as DatabaseSide)?.Target
            ?? (IsSameKind(beside?.Driver, driver) ? beside?.Target : null);
        return new SidePair(driver, origin, (first.Side, first.Display), (second.Side, second.Display));
    }

    private static bool IsSameKind(IDatabaseDriver? one, IDatabaseDriver? other) =>
        string.Equals(one?.Engine, other?.Engine, StringComparison.Ordinal);

    private static (SchemaSide Side, string Display, IDatabaseDriver? Driver) Read(
        string text,
        IReadOnlyList<IDatabaseDriver> drivers,
        string baseFolder
    )
    {
        // What may be a connection is never looked for as a file, nor shown: it may hold a password.
        var isPath = text.Length > 0 && ConnectionText.Find(text) is null;
        var path = isPath ? Path.GetFullPath(text, baseFolder) : "";
        if (Backup(path, drivers) is { } backup)
            return backup;
        if (Directory.Exists(path))
            return (new FolderSide(path), text, null);
        if (isPath && text.EndsWith(".sql", StringComparison.OrdinalIgnoreCase))
            return (new FileSide(path), text, null);
        foreach (var driver in drivers)
        {
            if (driver.Parse(text, baseFolder) is { } target)
                return (new DatabaseSide(target), target.Display, driver);
        }

        // The text is not repeated: it may hold a password.
        throw new MigrationException(
            ErrorId.TargetInvalid,
            "Unrecognized side: not a database, file, folder or backup.",
            "Use a file path, a postgres:// URL, a .sql file, a migration folder or a backup."
        );
    }

    // A SQLite backup is a database itself, and a script of SQL is read as one: only what no database and no script is needs to be loaded
    // as a backup.
    private static (SchemaSide Side, string Display, IDatabaseDriver? Driver)? Backup(string path, IReadOnlyList<IDatabaseDriver> drivers)
    {
        if (!Path.Exists(path))
            return null;
        foreach (var driver in drivers)
        {
            if (!driver.Creator.IsImplicit && driver.Backups.Recognize(path) is { } format && format != BackupFormat.Sql)
                return (new BackupSide(new BackupSource(path, format)), path, driver);
        }

        return null;
    }
}
