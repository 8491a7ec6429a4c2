namespace Migrations;

/// <summary>Makes migrators for databases of any kind.</summary>
public static class Migrators
{
    extension(Migrator)
    {
        /// <summary>
        /// The migrator of a database, whatever its kind: <c>Migrator.For("postgres://app@db/shop", "migrations")</c>. Does not connect. A
        /// relative folder, and the relative path of a SQLite file, start from the application's folder (<see
        /// cref="AppContext.BaseDirectory"/>), because a service may be started anywhere.
        /// </summary>
        /// <param name="database">A path, a URL or a connection string.</param>
        /// <param name="source">The migrations: a folder's path, or scripts that an assembly carries.</param>
        /// <param name="options">How to read and to connect.</param>
        /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/>: no database is recognized in the text, which is never
        /// repeated.</exception>
        public static Migrator For(string database, MigrationSource source, MigratorOptions? options = null)
        {
            var (driver, target) = DatabaseDrivers.Resolve(database, AppContext.BaseDirectory);
            var migrations = source.Folder is { } folder ? Path.Combine(AppContext.BaseDirectory, folder) : source;
            return new Migrator(driver, target, migrations, options);
        }
    }
}
