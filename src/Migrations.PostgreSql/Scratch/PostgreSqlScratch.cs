using Migrations.Databases;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Makes PostgreSQL databases that are thrown away: on the origin's server, on another that is named, or, where the role may not create
/// databases, on a server that is started for it alone.
/// </summary>
/// <param name="sources">Where connections come from.</param>
internal sealed class PostgreSqlScratch(Lazy<PostgreSqlSources> sources) : IScratchProvider
{
    private static readonly DatabaseShape Usual = new("UTF8", "C", "C", "c", Locale: null, Rules: null);

    /// <inheritdoc/>
    public Task<IScratchDatabase> CreateAsync(ScratchRequest request, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(MakeAsync(request, cancellationToken), "Making a scratch database");

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> FindLeftoversAsync(
        DatabaseTarget origin,
        SessionOptions options,
        CancellationToken cancellationToken
    )
    {
        var connection = await OpenAsync(origin, options, cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var databases = await PostgreSqlErrors
            .TranslateAsync(ScratchOwner.FindLeftoversAsync(connection, cancellationToken), "Looking for scratch databases")
            .ConfigureAwait(false);
        var schemas = await PostgreSqlErrors
            .TranslateAsync(StagingSchema.FindLeftoversAsync(connection, cancellationToken), "Looking for schemas of killed copies")
            .ConfigureAwait(false);
        return [.. databases, .. schemas.Select(s => $"schema {s}")];
    }

    private async Task<IScratchDatabase> MakeAsync(ScratchRequest request, CancellationToken cancellationToken)
    {
        var origin = await OpenOriginAsync(request, cancellationToken).ConfigureAwait(false);
        await using var _ = (origin ?? (IAsyncDisposable)NoSession.Instance).ConfigureAwait(false);
        var plan = await PlanAsync(request, origin, cancellationToken).ConfigureAwait(false);
        if (MayReachCluster(plan) && await TryOnClusterAsync(plan, cancellationToken).ConfigureAwait(false) is { } made)
            return made;
        if (await NeedsClusterAsync(request, origin, cancellationToken).ConfigureAwait(false))
            return await OnClusterAsync(plan, cancellationToken).ConfigureAwait(false);
        try
        {
            return await FillAsync(request.Server ?? origin!.Target, cluster: null, plan, user: null, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception e)
            when (request.Server is null && origin is not null && IsOfCopy(e) && ClientTools.Server(origin.ServerVersion) is not null)
        {
            // In another language it is tried all the same: a server of our own has what it takes, or says in English what is wrong.
            if (!NeedsSuperuser(e) && await ServerLanguage.IsEnglishAsync(origin, cancellationToken).ConfigureAwait(false))
                throw;
            return await OnClusterAsync(plan, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What is made.</summary>
    private sealed record Plan(
        ScratchRequest Request,
        PostgreSqlConnection? Origin,
        DatabaseShape Shape,
        ScriptNames Scripts,
        Prerequisites? Prerequisites
    );

    private static async Task<Plan> PlanAsync(ScratchRequest request, PostgreSqlConnection? origin, CancellationToken cancellationToken)
    {
        var shape = origin is null ? Usual : await DatabaseShape.ReadAsync(origin, cancellationToken).ConfigureAwait(false);
        // A session on another database, because the origin is not there, finds nothing that was made for the migrations.
        var isThere = origin is not null && string.Equals(origin.Target.Database, request.Origin!.Database, StringComparison.Ordinal);
        var reader = new ReachReader();
        if (request.Scripts is not null && isThere && request.Content != ScratchContent.Empty)
            await KnownReach.TeachAsync(reader, origin!, cancellationToken).ConfigureAwait(false);
        var scripts = ScriptNames.Read(request.Scripts ?? [], reader);
        var prerequisites =
            request.Scripts is null || !isThere
                ? null
                : await Prerequisites
                    .ReadAsync(origin!, request is { Prepared: true, Content: ScratchContent.Empty } ? scripts : null, cancellationToken)
                    .ConfigureAwait(false);
        return new Plan(request, origin, shape, scripts, prerequisites);
    }

    /// <summary>
    /// Whether scripts change what all databases of a server share, or may: text that is not seen may do anything that the role may, to
    /// itself at least.
    /// </summary>
    private static bool MayReachCluster(Plan plan) => plan.Scripts.ReachCluster || plan.Scripts.AreUnseen;

    /// <summary>
    /// A database on a server of our own, for scripts that change what all databases of a server share; null where none of the same version
    /// can be had.
    /// </summary>
    private async Task<IScratchDatabase?> TryOnClusterAsync(Plan plan, CancellationToken cancellationToken)
    {
        var version = plan.Origin?.ServerVersion;
        if (plan.Request.Server is not null || (version is not null && ClientTools.Server(version)?.Version != version))
            return null;
        try
        {
            return await OnClusterAsync(plan, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.ScratchUnavailable)
        {
            return null;
        }
    }

    private async Task<PostgreSqlConnection?> OpenOriginAsync(ScratchRequest request, CancellationToken cancellationToken)
    {
        if (request.Origin is null)
            return null;
        try
        {
            return await OpenAsync(request.Origin, request.Session, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseMissing && request.Content == ScratchContent.Empty)
        {
            // Nothing is copied from it, and its server is there: a backup of a database that is gone is proven where it was.
            return await OtherDatabase.OpenAsync(request.Origin, request.Session, sources, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a copy could not be made of what was read, for whatever reason.</summary>
    private static bool IsOfCopy(Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege }
        || (
            e is MigrationException { Id: ErrorId.PermissionDenied or ErrorId.ClientToolFailed }
            && (e.Message.StartsWith("pg_restore", StringComparison.Ordinal) || e.Message.StartsWith("psql", StringComparison.Ordinal))
        );

    /// <summary>Whether a copy failed for what only a superuser may create: an event trigger, an extension that is not trusted.</summary>
    private static bool NeedsSuperuser(Exception e) =>
        e is PostgresException
        || (e.Message.Contains("permission denied", StringComparison.Ordinal) || e.Message.Contains("must be", StringComparison.Ordinal));

    private async Task<IScratchDatabase> OnClusterAsync(Plan plan, CancellationToken cancellationToken)
    {
        var cluster = await StartClusterAsync(plan, cancellationToken).ConfigureAwait(false);
        try
        {
            var origin = plan.Origin;
            if (origin is not null)
                await cluster.AddRolesAsync(origin, Made(plan), cancellationToken).ConfigureAwait(false);
            // Only a backup is loaded by the superuser of a server of our own: what runs on a copy must not reach its files and programs.
            if (plan.Request.Scripts is null)
                return await FillAsync(cluster.Target, cluster, plan, user: null, cancellationToken).ConfigureAwait(false);
            var databases = origin is null ? [] : await OthersAsync(origin, plan, cancellationToken).ConfigureAwait(false);
            var user = await cluster.AddUserAsync(origin?.Info.User, databases, cancellationToken).ConfigureAwait(false);
            var made = await FillAsync(cluster.Target, cluster, plan, user, cancellationToken).ConfigureAwait(false);
            await cluster.LowerAsync().ConfigureAwait(false);
            return made;
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// The roles and databases that scripts create themselves when they are replayed from the beginning: they were not there when the first
    /// one ran. On a copy, what runs meets what the server has.
    /// </summary>
    private static IReadOnlySet<string> Made(Plan plan) =>
        plan.Request.Content == ScratchContent.Empty ? plan.Scripts.Shared : new HashSet<string>(StringComparer.Ordinal);

    /// <summary>The other databases of the server that scripts name, and do not create.</summary>
    private static async Task<List<string>> OthersAsync(PostgreSqlConnection origin, Plan plan, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await origin
            .QueryAsync(
                "SELECT datname::text FROM pg_catalog.pg_database WHERE datname NOT IN ('template0', 'template1', 'postgres', $1)",
                row => names.Add(row.GetString(0)),
                cancellationToken,
                origin.Target.Database
            )
            .ConfigureAwait(false);
        var made = Made(plan);
        return names.FindAll(n => !made.Contains(n) && plan.Scripts.NameShared(n));
    }

    private async Task<IScratchDatabase> FillAsync(
        DatabaseTarget server,
        ThrowAwayCluster? cluster,
        Plan plan,
        string? user,
        CancellationToken cancellationToken
    )
    {
        var options = plan.Request.Session;
        var there = user is null ? server : PostgreSqlTarget.Scratch(server, server.Database, user);
        var scratch = await CreateAsync(there, cluster, plan, user, cancellationToken).ConfigureAwait(false);
        try
        {
            if (plan.Origin is not null)
                await new PostgreSqlCopy(plan.Origin, scratch.Target, options)
                    .RunAsync(plan.Request.Content, sources, cancellationToken)
                    .ConfigureAwait(false);
            if (plan.Prerequisites is { } prerequisites)
            {
                var connection = await OpenAsync(there, options, cancellationToken).ConfigureAwait(false);
                await using var _ = connection.ConfigureAwait(false);
                await prerequisites
                    .MakeAsync(connection, scratch.Target, () => OpenAsync(scratch.Target, options, cancellationToken), cancellationToken)
                    .ConfigureAwait(false);
            }

            if (plan.Request.Scripts is not null)
                await CloseAsync(scratch.Target, options, cancellationToken).ConfigureAwait(false);
            return scratch;
        }
        catch
        {
            await scratch.DropAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Lets nothing in the copy reach beyond it.</summary>
    private async Task CloseAsync(DatabaseTarget scratch, SessionOptions options, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(scratch, options, cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        if (!await Barrier.RaiseAsync(connection, cancellationToken).ConfigureAwait(false))
            ScratchRegister.LeaveOpen(scratch);
    }

    private static async Task<bool> NeedsClusterAsync(
        ScratchRequest request,
        PostgreSqlConnection? origin,
        CancellationToken cancellationToken
    ) =>
        request.Server is null
        && (
            origin is null
            || await Standby.IsAsync(origin, cancellationToken).ConfigureAwait(false)
            || !await origin
                .AnyAsync("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = current_user AND (rolcreatedb OR rolsuper)", cancellationToken)
                .ConfigureAwait(false)
        );

    private static async Task<ThrowAwayCluster> StartClusterAsync(Plan plan, CancellationToken cancellationToken)
    {
        var (request, origin) = (plan.Request, plan.Origin);
        var version = origin?.ServerVersion;
        try
        {
            return await ThrowAwayCluster.StartAsync(ClientTools.Server(version), version, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterException e)
        {
            var role = PostgreSqlText.Name(origin?.Info.User ?? "the_user");
            var isStandby = origin is not null && await Standby.IsAsync(origin, cancellationToken).ConfigureAwait(false);
            var why =
                origin is null ? "No server was named to make a scratch database on"
                : isStandby ? $"The server of {request.Origin!.Display} is a standby, on which no database can be made"
                : $"The role {role} may not create databases on the server of {request.Origin!.Display}";
            throw new MigrationException(
                ErrorId.ScratchUnavailable,
                $"{why}, and a throw-away server cannot be started here: {e.Message}",
                origin is null || isStandby
                    ? Advice.Of($"Name a server with {CallOption.ScratchDatabase}, or install PostgreSQL's server programs.")
                    : $"As a superuser: ALTER ROLE {role} CREATEDB; or name another server with {CallOption.ScratchDatabase}.",
                e
            );
        }
    }

    /// <summary>
    /// Makes the empty database. On a server of our own it has the origin's name, which scripts may write out.
    /// </summary>
    private async Task<ScratchDatabase> CreateAsync(
        DatabaseTarget server,
        ThrowAwayCluster? cluster,
        Plan plan,
        string? user,
        CancellationToken cancellationToken
    )
    {
        var (request, origin) = (plan.Request, plan.Origin?.Target);
        var name =
            user is not null && origin is { Database: not ("postgres" or "template0" or "template1") }
                ? origin.Database
                : ScratchOwner.Prefix + ScratchOwner.NewEnd();
        var owner = await OpenAsync(server, request.Session, cancellationToken).ConfigureAwait(false);
        try
        {
            if (cluster is null)
                await ScratchOwner.RemoveLeftoversAsync(owner, cancellationToken).ConfigureAwait(false);
            else
                await owner.ExecuteAsync($"DROP DATABASE IF EXISTS {PostgreSqlText.Name(name)}", cancellationToken).ConfigureAwait(false);
            await ScratchOwner.HoldAsync(owner, name, cancellationToken).ConfigureAwait(false);
            await plan.Shape.CreateAsync(owner, name, more: "", mayDiffer: true, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await owner.DisposeAsync().ConfigureAwait(false);
            if (e is not PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege })
                throw;
            var role = PostgreSqlText.Name(owner.Info.User ?? "the_user");
            throw new MigrationException(
                ErrorId.ScratchUnavailable,
                $"The role {role} may not create databases on the server of {server.Display}.",
                $"As a superuser: ALTER ROLE {role} CREATEDB;",
                e
            );
        }

        var scratch = new ScratchDatabase(PostgreSqlTarget.Scratch(server, name, user, origin), owner, cluster);
        try
        {
            // Nothing in it need survive a crash of the server.
            await owner
                .ExecuteAsync($"ALTER DATABASE {PostgreSqlText.Name(name)} SET synchronous_commit = off", cancellationToken)
                .ConfigureAwait(false);
            return scratch;
        }
        catch
        {
            await scratch.DropAsync().ConfigureAwait(false);
            throw;
        }
    }

    private Task<PostgreSqlConnection> OpenAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken) =>
        PostgreSqlConnection.OpenAsync(target, options, new PostgreSqlConnector(target, sources.Value), cancellationToken);
}
