using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Keeps what runs on a scratch database to that database. What all databases of a server share is changed on a server of our own only, as
/// a role that is no superuser; what
/// lies beyond the server is never reached. What fails for either reason is no fault of the script: nothing is known of it.
/// </summary>
/// <param name="target">The scratch database.</param>
internal sealed class Confinement(DatabaseTarget target)
{
    // What may have failed for want of something that an administrator made in the database, and that is not on the copy: relation,
    // function, type or role, schema.
    private static readonly HashSet<string> NotThere = new(StringComparer.Ordinal)
    {
        PostgresErrorCodes.UndefinedTable,
        PostgresErrorCodes.UndefinedFunction,
        PostgresErrorCodes.UndefinedObject,
        PostgresErrorCodes.InvalidSchemaName,
    };

    private readonly ReachReader _reader = new();
    private readonly IOwnServer? _server = ScratchRegister.ServerOf(target);
    private StatementException? _leftOut;
    private bool _knows;
    private bool _mayAnything;

    /// <summary>Takes note of what is there already and reaches further, and of what its role may do.</summary>
    public async Task ReadAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        if (_knows)
            return;
        _knows = true;
        await KnownReach.TeachAsync(_reader, connection, cancellationToken).ConfigureAwait(false);
        _mayAnything = ScratchRegister.IsOpen(target);
        if (_server is null && !_mayAnything)
            _mayAnything = await connection
                .AnyAsync(
                    "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = current_user AND (rolsuper OR rolcreaterole)",
                    cancellationToken
                )
                .ConfigureAwait(false);
    }

    /// <summary>Why a statement is not run on the copy; null when it is.</summary>
    public async Task<StatementException?> RefusalAsync(
        PostgreSqlConnection connection,
        string statement,
        ScriptLocation location,
        CancellationToken cancellationToken
    )
    {
        await ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        if (_reader.Find(statement) is not { } found || !IsRefused(found.Reach))
            return null;
        var place = found.Line == 0 ? location : new ScriptLocation(location.File, location.Line + found.Line);
        var refusal = BeyondCopy.Refused(found.What, Secrets.Mask(statement), place, isSeen: found.Reach != Reach.Unseen);
        _leftOut ??= refusal;
        return refusal;
    }

    /// <summary>What is not seen may be anything that the role may do, which on a server of our own is no harm.</summary>
    private bool IsRefused(Reach reach) =>
        reach switch
        {
            Reach.World => true,
            Reach.Cluster => _server is not { IsOfOtherVersion: false },
            Reach.Unseen => _mayAnything,
            _ => false,
        };

    /// <summary>What a statement has called and the <see cref="Barrier"/> has refused: the statement's failure, or that the script has
    /// caught it; null when it called nothing of the kind.</summary>
    public StatementException? Stopped(PostgreSqlConnection connection, string statement, ScriptLocation location)
    {
        if (connection.TakeStopped() is not { } called)
            return null;
        var refusal = BeyondCopy.Refused(called, Secrets.Mask(statement), location);
        _leftOut ??= refusal;
        return refusal;
    }

    /// <summary>The failure of a statement: as it is, or that nothing is known.</summary>
    public StatementException Judge(StatementException failure)
    {
        if (Barrier.Stopped(failure) is { } called)
            return BeyondCopy.Refused(called, failure.Statement ?? "", failure.Location!, inner: failure);
        if (_leftOut is not null)
            return BeyondCopy.Needs(_leftOut, failure);
        if (_server is { IsOfOtherVersion: true })
            return NotKnown(failure, "The copy is on a server of our own of another version than the database's.");
        if (_server is not null && IsOfServer(failure))
            return NotKnown(failure, "The copy is on a server of our own, where it runs as a role that is no superuser.");
        if (failure.Code is not null && NotThere.Contains(failure.Code) && ScratchRegister.MissingOn(target) is { Count: > 0 } missing)
            return NotKnown(failure, $"The database has what no migration creates, and the copy lacks it: {string.Join(", ", missing)}.");
        return failure;
    }

    /// <summary>
    /// Whether a failure may be for what the real server has, and one of our own lacks: rights, programs, databases, tablespaces.
    /// </summary>
    private static bool IsOfServer(StatementException failure) =>
        failure.Code switch
        {
            PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.UndefinedFile or PostgresErrorCodes.InvalidCatalogName => true,
            PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.UndefinedObject => failure.Message.Contains(
                "extension",
                StringComparison.Ordinal
            ) || failure.Message.Contains("tablespace", StringComparison.Ordinal),
            _ => false,
        };

    /// <summary>
    /// Whether a statement makes an extension on a server of our own, which may take a superuser: an administrator makes it on the real
    /// one.
    /// </summary>
    public bool MakesExtension(string statement) => _server is not null && new StatementWords(statement).StartWith("CREATE EXTENSION");

    /// <summary>
    /// Runs the statement that makes an extension, as a superuser for that moment, unless event triggers would run as one too.
    /// </summary>
    public async Task MakeExtensionAsync(PostgreSqlConnection connection, Func<Task> run, CancellationToken cancellationToken)
    {
        if (await connection.AnyAsync("SELECT 1 FROM pg_catalog.pg_event_trigger", cancellationToken).ConfigureAwait(false))
        {
            await run().ConfigureAwait(false);
            return;
        }

        await _server!.RaiseAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await run().ConfigureAwait(false);
        }
        finally
        {
            await _server.LowerAsync().ConfigureAwait(false);
        }

        // A look at a catalogue makes the backend take note that its role is as it was.
        await connection
            .AnyAsync("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = current_user", cancellationToken)
            .ConfigureAwait(false);
    }

    private static StatementException NotKnown(StatementException failure, string why) =>
        new(
            ErrorId.ReachesBeyondCopy,
            $"{failure.Message} {why} Whether the statement works on the database itself is not known.",
            $"Rehearse it on a server that is like the real one: {CallOption.ScratchDatabase.Of("<url>")}.",
            failure
        )
        {
            Location = failure.Location,
            Statement = failure.Statement,
            StatementOffset = failure.StatementOffset,
            Code = failure.Code,
        };
}
