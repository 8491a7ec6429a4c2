using System.Data.Common;
using Migrations.Databases;
using Migrations.PostgreSql;

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
            ArgumentNullException.ThrowIfNull(source);
            var (driver, target) = DatabaseDrivers.Resolve(database, AppContext.BaseDirectory);
            return new Migrator(driver, target, source.Under(AppContext.BaseDirectory), options);
        }

        /// <summary>
        /// The migrator of the database to which an application connects: an <c>NpgsqlDataSource</c>, for example, with its passwords that
        /// change and its certificates. The engine's connections are its own, with the settings that a migration needs. Does not connect.
        /// </summary>
        /// <param name="database">The application's data source. A relative path of a SQLite file starts from the current directory, as
        /// the source itself takes it.</param>
        /// <param name="source">The migrations. A relative folder starts from the application's folder.</param>
        /// <param name="options">How to read and to connect.</param>
        /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/>: it is neither of SQLite nor of PostgreSQL.</exception>
        public static Migrator For(DbDataSource database, MigrationSource source, MigratorOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(database);
            return For(database.CreateConnection, source, options);
        }

        /// <summary>As above, with what makes a connection, which need not be open and is disposed.</summary>
        /// <param name="connect">Makes a connection of Npgsql or of Microsoft.Data.Sqlite.</param>
        /// <param name="source">The migrations. A relative folder starts from the application's folder.</param>
        /// <param name="options">How to read and to connect.</param>
        /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/>: it is neither of SQLite nor of PostgreSQL.</exception>
        public static Migrator For(Func<DbConnection> connect, MigrationSource source, MigratorOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(source);
            var (driver, target) = PostgreSqlDriver.Of(connect) is { } known ? known : Resolve(connect);
            return new Migrator(driver, target, source.Under(AppContext.BaseDirectory), options);
        }
    }

    private static (IDatabaseDriver Driver, DatabaseTarget Target) Resolve(Func<DbConnection> connect)
    {
        using var connection = connect();
        return DatabaseDrivers.Resolve(connection.ConnectionString, Environment.CurrentDirectory);
    }
}
