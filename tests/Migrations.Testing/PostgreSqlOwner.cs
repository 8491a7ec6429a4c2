namespace Migrations.Testing;

/// <summary>A role that owns a test database and all that is made in it, and may neither create databases nor roles: what a careful administrator gives to a deployment.</summary>
public sealed class PostgreSqlOwner : IAsyncDisposable
{
    /// <summary>The role's password, with characters that a URL must escape.</summary>
    public const string Password = "owner's/secret%@1";

    private PostgreSqlOwner(PostgreSqlTestDatabase database, string name)
    {
        Database = database;
        Name = name;
    }

    /// <summary>The database that it owns.</summary>
    public PostgreSqlTestDatabase Database { get; }

    /// <summary>The role's name.</summary>
    public string Name { get; }

    /// <summary>A <c>postgres://</c> URL of the database, as this role.</summary>
    public string Address => Database.Server.UrlOf(Database.Name, Name, Password);

    /// <summary>The password in each spelling that may leak.</summary>
    public static IReadOnlyList<string> Secrets => [Password, Uri.EscapeDataString(Password)];

    /// <summary>Makes the role and gives it the database with its schema <c>public</c>.</summary>
    public static async Task<PostgreSqlOwner> CreateAsync(PostgreSqlTestDatabase database)
    {
        var owner = new PostgreSqlOwner(database, "owner_" + Guid.NewGuid().ToString("N"));
        await database.ExecuteAsync(
            $"CREATE ROLE {owner.Name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '{Password.Replace("'", "''", StringComparison.Ordinal)}'; "
            + $"ALTER DATABASE {database.Name} OWNER TO {owner.Name}; ALTER SCHEMA public OWNER TO {owner.Name}");
        return owner;
    }

    public async ValueTask DisposeAsync() =>
        await Database.ExecuteAsync($"REASSIGN OWNED BY {Name} TO CURRENT_USER; DROP OWNED BY {Name}; DROP ROLE {Name}");
}
