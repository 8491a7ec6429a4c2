using Migrations.Databases;
using Migrations.Running;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Creates databases (<see href="https://www.postgresql.org/docs/current/sql-createdatabase.html"/>).</summary>
/// <param name="sources">Where connections come from.</param>
internal sealed class PostgreSqlCreator(Lazy<PostgreSqlSources> sources) : IDatabaseCreator
{
    /// <inheritdoc/>
    public bool IsImplicit => false;

    /// <inheritdoc/>
    public async Task<bool> CreateAsync(
        DatabaseTarget target,
        SessionOptions options,
        DatabaseCreation creation,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(creation);
        var connection = await OtherDatabase.OpenAsync(target, options, sources, cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        return await PostgreSqlErrors
            .TranslateAsync(CreateAsync(connection, target, creation, cancellationToken), $"Creating the database {target.Display}")
            .ConfigureAwait(false);
    }

    private static async Task<bool> CreateAsync(
        PostgreSqlConnection connection,
        DatabaseTarget target,
        DatabaseCreation creation,
        CancellationToken cancellationToken
    )
    {
        await Standby.RefuseAsync(connection, cancellationToken).ConfigureAwait(false);
        var sql = Statement(target.Database, creation);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await connection.ExecuteAsync(sql, cancellationToken).ConfigureAwait(false);
                return true;
            }
            // The second one comes of a race that the first look of the server has missed.
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
            {
                return false;
            }
            // Someone, another that creates a database perhaps, is connected to the template.
            catch (PostgresException e)
                when (e.SqlState is PostgresErrorCodes.ObjectInUse && attempt <= connection.Options.TableLockRetries)
            {
                await RetryPause
                    .WaitAsync(connection.Options, $"CREATE DATABASE {target.Database}", attempt, e.Detail, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (PostgresException e) when (creation.IsSpecific && IsOfChoice(e))
            {
                throw new MigrationException(
                    ErrorId.UsageInvalid,
                    $"The database {target.Display} cannot be created as it was asked for: {e.MessageText} ({e.SqlState}).",
                    Correct(creation),
                    e
                );
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege)
            {
                throw new MigrationException(
                    ErrorId.PermissionDenied,
                    $"The database {target.Display} cannot be created: {e.MessageText} ({e.SqlState}).",
                    Permit(connection.Info.User ?? "...", target.Database, creation),
                    e
                );
            }
        }
    }

    // No such role, encoding or template; an encoding that the template cannot have; a role that this one may not act for.
    private static bool IsOfChoice(PostgresException e) =>
        e.SqlState
            is PostgresErrorCodes.UndefinedObject
                or PostgresErrorCodes.InvalidCatalogName
                or PostgresErrorCodes.InvalidParameterValue
                or PostgresErrorCodes.WrongObjectType
        || (e.SqlState is PostgresErrorCodes.InsufficientPrivilege && !string.Equals(e.Routine, "createdb", StringComparison.Ordinal));

    private static Advice Permit(string role, string database, DatabaseCreation creation)
    {
        var (name, own) = (PostgreSqlText.Name(role), PostgreSqlText.Name(database));
        return creation.Template is null
            ? Advice.Of($"Let the role create databases (ALTER ROLE {name} CREATEDB), or create it yourself: CREATE DATABASE {own}.")
            : Advice.Of(
                $"Let the role create databases (ALTER ROLE {name} CREATEDB); and unless it owns the database that {CallOption.Template} "
                    + $"names, that must be marked as a template (ALTER DATABASE ... IS_TEMPLATE true)."
            );
    }

    private static Advice Correct(DatabaseCreation creation) =>
        (creation.Owner, creation.Encoding, creation.Template) switch
        {
            ({ }, null, null) => Advice.Of($"Correct {CallOption.Owner}, or leave it out: the role that connects is the owner then."),
            (null, { }, null) => Advice.Of($"Correct {CallOption.Encoding}, or leave it out: the server has its own."),
            (null, null, { }) => Advice.Of($"Correct {CallOption.Template}, or leave it out: the server has its own."),
            _ => Advice.Of($"Correct or leave out what it names of {CallOption.Owner}, {CallOption.Encoding} and {CallOption.Template}."),
        };

    // Only template0 takes another encoding than its own.
    private static string Statement(string name, DatabaseCreation creation) =>
        "CREATE DATABASE "
        + PostgreSqlText.Name(name)
        + (creation.Owner is { } owner ? " OWNER " + PostgreSqlText.Name(owner) : "")
        + (
            (creation.Template ?? (creation.Encoding is null ? null : "template0")) is { } template
                ? " TEMPLATE " + PostgreSqlText.Name(template)
                : ""
        )
        + (creation.Encoding is { } encoding ? " ENCODING " + PostgreSqlText.Literal(encoding) : "");
}
