using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// What a database is made with and can never change: encoding and collation (<see
/// href="https://www.postgresql.org/docs/current/sql-createdatabase.html"/>).
/// </summary>
/// <param name="Encoding">The encoding.</param>
/// <param name="Collate">How the operating system's library sorts.</param>
/// <param name="CharacterType">How it classifies characters.</param>
/// <param name="Provider">The provider's letter: <c>c</c>, <c>i</c> or <c>b</c>.</param>
/// <param name="Locale">The provider's own locale; null for the operating system's.</param>
/// <param name="Rules">Further rules of ICU's sorting; null without any.</param>
internal sealed record DatabaseShape(string Encoding, string Collate, string CharacterType, string Provider, string? Locale, string? Rules)
{
    /// <summary>Reads the shape of the database that a session is connected to.</summary>
    public static async Task<DatabaseShape> ReadAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        var version = connection.ServerVersion;
        var locale =
            version >= 17 ? "d.datlocale"
            : version >= 15 ? "d.daticulocale"
            : "NULL";
        DatabaseShape? shape = null;
        await connection
            .QueryAsync(
                $"""
                SELECT pg_catalog.pg_encoding_to_char(d.encoding)::text, d.datcollate::text, d.datctype::text,
                    {(version >= 15 ? "d.datlocprovider::text" : "'c'")}, {locale}::text,
                    {(version >= 16 ? "d.daticurules" : "NULL")}::text
                FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
                """,
                row =>
                    shape = new DatabaseShape(
                        row.GetString(0),
                        row.GetString(1),
                        row.GetString(2),
                        row.GetString(3),
                        row.IsDBNull(4) ? null : row.GetString(4),
                        row.IsDBNull(5) ? null : row.GetString(5)
                    ),
                cancellationToken
            )
            .ConfigureAwait(false);
        return shape ?? throw new InvalidOperationException("The catalogue does not list the database that this session is connected to.");
    }

    /// <summary>
    /// Creates a database of this shape, or, with <paramref name="mayDiffer"/>, of the server's own sorting where it does not know this
    /// one.
    /// </summary>
    /// <param name="connection">A connection to any database of the server.</param>
    /// <param name="name">The new database's name.</param>
    /// <param name="more">Further clauses.</param>
    /// <param name="mayDiffer">Whether another sorting is better than none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task CreateAsync(
        PostgreSqlConnection connection,
        string name,
        string more,
        bool mayDiffer,
        CancellationToken cancellationToken
    )
    {
        var create = $"CREATE DATABASE {PostgreSqlText.Name(name)} TEMPLATE template0 ENCODING {PostgreSqlText.Literal(Encoding)}{more}";
        try
        {
            await connection.ExecuteAsync(create + Sorting(connection.ServerVersion), cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e)
            when (mayDiffer
                && e.SqlState
                    is PostgresErrorCodes.WrongObjectType
                        or PostgresErrorCodes.InvalidParameterValue
                        or PostgresErrorCodes.UndefinedObject
                        or PostgresErrorCodes.FeatureNotSupported
            )
        {
            await connection.ExecuteAsync(create + " LC_COLLATE 'C' LC_CTYPE 'C'", cancellationToken).ConfigureAwait(false);
        }
    }

    private string Sorting(int version)
    {
        var sorting = $" LC_COLLATE {PostgreSqlText.Literal(Collate)} LC_CTYPE {PostgreSqlText.Literal(CharacterType)}";
        if (version < 15)
            return sorting;
        return Provider switch
        {
            "i" => $"{sorting} LOCALE_PROVIDER icu ICU_LOCALE "
                + PostgreSqlText.Literal(Locale ?? "und")
                + (Rules is null || version < 16 ? "" : $" ICU_RULES {PostgreSqlText.Literal(Rules)}"),
            "b" when version >= 17 => $"{sorting} LOCALE_PROVIDER builtin BUILTIN_LOCALE {PostgreSqlText.Literal(Locale ?? "C")}",
            _ => sorting + " LOCALE_PROVIDER libc",
        };
    }
}
