namespace Migrations;

/// <summary>Identifies a database. Shows itself without secrets; what is needed to connect is known to the drivers only.</summary>
public sealed class DatabaseTarget : IEquatable<DatabaseTarget>
{
    /// <summary>Names a database. Made by a driver from what a user wrote.</summary>
    /// <param name="engine">The engine's name, for example <c>SQLite</c>.</param>
    /// <param name="display">What is shown to people, built from parts that are no secrets.</param>
    /// <param name="database">The database's own name (or the file's, without folder).</param>
    /// <param name="connectionString">What the driver connects with; may hold a password.</param>
    public DatabaseTarget(string engine, string display, string database, string connectionString)
    {
        Engine = engine;
        Display = display;
        Database = database;
        ConnectionString = connectionString;
    }

    /// <summary>The engine's name: <c>SQLite</c> or <c>PostgreSQL</c>.</summary>
    public string Engine { get; }

    /// <summary>The database as it is shown in output and errors, without secrets.</summary>
    public string Display { get; }

    /// <summary>The database's own name.</summary>
    public string Database { get; }

    /// <summary>
    /// Whether it is a database of our own that is thrown away. Every session on such a database is confined to it: what a script does
    /// there must not reach anything else, and a statement that would is refused with <see cref="ErrorId.ReachesBeyondCopy"/>. Set only
    /// where drivers make scratch databases.
    /// </summary>
    public bool IsScratch { get; internal init; }

    /// <summary>The server that it is on, as it is shown to people; null where it is a file.</summary>
    public string? Server { get; internal init; }

    /// <summary>The environment of the configuration that named it, known further down a pipeline too; null without one.</summary>
    public string? Environment { get; private init; }

    internal string ConnectionString { get; }

    /// <summary>The same database, named by an environment.</summary>
    public DatabaseTarget In(string? environment) =>
        new(Engine, Display, Database, ConnectionString)
        {
            IsScratch = IsScratch,
            Server = Server,
            Environment = environment,
        };

    /// <summary>Whether both name the same database with the same settings and credentials.</summary>
    public bool Equals(DatabaseTarget? other) =>
        other is not null
        && IsScratch == other.IsScratch
        && string.Equals(Engine, other.Engine, StringComparison.Ordinal)
        && string.Equals(ConnectionString, other.ConnectionString, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DatabaseTarget);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Engine, ConnectionString);

    /// <inheritdoc/>
    public override string ToString() => Display;
}
