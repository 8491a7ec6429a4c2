namespace Migrations.Testing;

/// <summary>A role that is no superuser, and a database that it works on.</summary>
public sealed class PostgreSqlRole : IAsyncDisposable
{
    /// <summary>The role's password, with characters that a URL must escape.</summary>
    public const string Password = "role's/secret%@1";

    private readonly bool _madeDatabase;

    private PostgreSqlRole(PostgreSqlTestDatabase database, bool madeDatabase)
    {
        Database = database;
        _madeDatabase = madeDatabase;
    }

    /// <summary>The database.</summary>
    public PostgreSqlTestDatabase Database { get; }

    /// <summary>The role's name.</summary>
    public string Name { get; } = "role_" + Guid.NewGuid().ToString("N");

    /// <summary>A <c>postgres://</c> URL of the database, as this role.</summary>
    public string Address => Database.Server.UrlOf(Database.Name, Name, Password);

    /// <summary>The password in each spelling that may leak.</summary>
    public static IReadOnlyList<string> Secrets => [Password, Uri.EscapeDataString(Password)];

    /// <summary>Makes a role, and a database whose schema <c>public</c> it may use.</summary>
    /// <param name="rights">What the role may do besides, for example <c>CREATEDB</c>.</param>
    public static async Task<PostgreSqlRole> CreateAsync(string rights = "")
    {
        var role = new PostgreSqlRole(await PostgreSqlTestDatabase.CreateAsync(), madeDatabase: true);
        await role.CreateAsync(rights, $"GRANT ALL ON SCHEMA public TO {role.Name}");
        return role;
    }

    /// <summary>
    /// Makes a role that owns a database and all that is made in it, and may neither create databases nor roles: what a careful
    /// administrator gives to a deployment.
    /// </summary>
    public static async Task<PostgreSqlRole> OwnerOfAsync(PostgreSqlTestDatabase database)
    {
        var role = new PostgreSqlRole(database, madeDatabase: false);
        await role.CreateAsync(
            "NOSUPERUSER NOCREATEDB NOCREATEROLE",
            $"ALTER DATABASE {database.Name} OWNER TO {role.Name}; ALTER SCHEMA public OWNER TO {role.Name}"
        );
        return role;
    }

    public async ValueTask DisposeAsync()
    {
        if (_madeDatabase)
            await Database.DisposeAsync();
        else
            await Database.ExecuteAsync($"REASSIGN OWNED BY {Name} TO CURRENT_USER; DROP OWNED BY {Name}");
        await Database.Server.ExecuteAsync($"DROP ROLE IF EXISTS {Name}");
    }

    private Task CreateAsync(string rights, string then) =>
        Database.ExecuteAsync(
            $"CREATE ROLE {Name} LOGIN {rights} PASSWORD '{Password.Replace("'", "''", StringComparison.Ordinal)}'; {then}"
        );
}
