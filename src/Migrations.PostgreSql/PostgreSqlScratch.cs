using Migrations.Databases;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Makes PostgreSQL databases that are thrown away: on the origin's server, on another that is named, or, where the role may not create databases, on a server that is
/// started for it alone.
/// </summary>
/// <param name="sources">Where connections come from.</param>
internal sealed class PostgreSqlScratch(Lazy<PostgreSqlSources> sources) : IScratchProvider
{
    private static readonly DatabaseShape Usual = new("UTF8", "C", "C", "c", Locale: null, Rules: null);

    /// <inheritdoc/>
    public Task<IScratchDatabase> CreateAsync(ScratchRequest request, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(MakeAsync(request, cancellationToken), "Making a scratch database");

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> FindLeftoversAsync(DatabaseTarget origin, SessionOptions options, CancellationToken cancellationToken)
    {
        var session = await OpenAsync(origin, options, cancellationToken).ConfigureAwait(false);
        await using var _ = session.ConfigureAwait(false);
        return await PostgreSqlErrors.TranslateAsync(ScratchOwner.FindLeftoversAsync(session, cancellationToken), "Looking for scratch databases").ConfigureAwait(false);
    }

    private async Task<IScratchDatabase> MakeAsync(ScratchRequest request, CancellationToken cancellationToken)
    {
        var origin = await OpenOriginAsync(request, cancellationToken).ConfigureAwait(false);
        await using var _ = (origin ?? (IAsyncDisposable)NoSession.Instance).ConfigureAwait(false);
        var shape = origin is null ? Usual : await DatabaseShape.ReadAsync(origin, cancellationToken).ConfigureAwait(false);
        if (await NeedsClusterAsync(request, origin, cancellationToken).ConfigureAwait(false))
            return await OnClusterAsync(request, origin, shape, cancellationToken).ConfigureAwait(false);
        try
        {
            return await FillAsync(request.Server ?? origin!.Target, cluster: null, origin, shape, request, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (request.Server is null && origin is not null && NeedsSuperuser(e) && ClientTools.Server(origin.Connection.PostgreSqlVersion.Major) is not null)
        {
            return await OnClusterAsync(request, origin, shape, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<PostgreSqlSession?> OpenOriginAsync(ScratchRequest request, CancellationToken cancellationToken)
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

    /// <summary>Whether a copy failed for what only a superuser may create: an event trigger, an extension that is not trusted.</summary>
    private static bool NeedsSuperuser(MigrationException e) =>
        e.Id is ErrorId.PermissionDenied or ErrorId.ClientToolFailed && (e.Message.StartsWith("pg_restore", StringComparison.Ordinal) || e.Message.StartsWith("psql", StringComparison.Ordinal))
        && (e.Message.Contains("permission denied", StringComparison.Ordinal) || e.Message.Contains("must be", StringComparison.Ordinal));

    private async Task<IScratchDatabase> OnClusterAsync(ScratchRequest request, PostgreSqlSession? origin, DatabaseShape shape, CancellationToken cancellationToken)
    {
        var cluster = await StartClusterAsync(request, origin, cancellationToken).ConfigureAwait(false);
        try
        {
            if (origin is not null)
                await cluster.AddRolesAsync(origin, cancellationToken).ConfigureAwait(false);
            return await FillAsync(cluster.Target, cluster, origin, shape, request, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<IScratchDatabase> FillAsync(
        DatabaseTarget server, ThrowAwayCluster? cluster, PostgreSqlSession? origin, DatabaseShape shape, ScratchRequest request, CancellationToken cancellationToken)
    {
        var scratch = await CreateAsync(server, cluster, shape, request, cancellationToken).ConfigureAwait(false);
        try
        {
            if (origin is not null)
                await new PostgreSqlCopy(origin, scratch.Target, request.Session).RunAsync(request.Content, sources, cancellationToken).ConfigureAwait(false);
            return scratch;
        }
        catch
        {
            await scratch.DropAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<bool> NeedsClusterAsync(ScratchRequest request, PostgreSqlSession? origin, CancellationToken cancellationToken) => request.Server is null
        && (origin is null || !await origin.AnyAsync("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = current_user AND (rolcreatedb OR rolsuper)", cancellationToken).ConfigureAwait(false));

    private static async Task<ThrowAwayCluster> StartClusterAsync(ScratchRequest request, PostgreSqlSession? origin, CancellationToken cancellationToken)
    {
        var version = origin?.Connection.PostgreSqlVersion.Major;
        try
        {
            return await ThrowAwayCluster.StartAsync(ClientTools.Server(version), cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterException e)
        {
            var role = PostgreSqlText.Name(origin?.Info.User ?? "the_user");
            var why = origin is null ? "No server was named to make a scratch database on" : $"The role {role} may not create databases on the server of {request.Origin!.Display}";
            throw new MigrationException(
                ErrorId.ScratchUnavailable, $"{why}, and a throw-away server cannot be started here: {e.Message}",
                origin is null ? "Name a server with --scratch-database, or install PostgreSQL's server programs." : $"As a superuser: ALTER ROLE {role} CREATEDB; or name another server with --scratch-database.", e);
        }
    }

    private async Task<ScratchDatabase> CreateAsync(DatabaseTarget server, ThrowAwayCluster? cluster, DatabaseShape shape, ScratchRequest request, CancellationToken cancellationToken)
    {
        var name = ScratchOwner.Prefix + ScratchOwner.NewEnd();
        var owner = await OpenAsync(server, request.Session, cancellationToken).ConfigureAwait(false);
        try
        {
            if (cluster is null)
                await ScratchOwner.RemoveLeftoversAsync(owner, cancellationToken).ConfigureAwait(false);
            await ScratchOwner.HoldAsync(owner, name, cancellationToken).ConfigureAwait(false);
            await shape.CreateAsync(owner, name, more: "", mayDiffer: true, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await owner.DisposeAsync().ConfigureAwait(false);
            if (e is not PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege })
                throw;
            var role = PostgreSqlText.Name(owner.Info.User ?? "the_user");
            throw new MigrationException(ErrorId.ScratchUnavailable, $"The role {role} may not create databases on the server of {server.Display}.", $"As a superuser: ALTER ROLE {role} CREATEDB;", e);
        }

        var scratch = new ScratchDatabase(PostgreSqlTarget.Scratch(server, name), owner, cluster);
        try
        {
            // Nothing in it need survive a crash of the server.
            await owner.ExecuteAsync($"ALTER DATABASE {PostgreSqlText.Name(name)} SET synchronous_commit = off", cancellationToken).ConfigureAwait(false);
            return scratch;
        }
        catch
        {
            await scratch.DropAsync().ConfigureAwait(false);
            throw;
        }
    }

    private Task<PostgreSqlSession> OpenAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken) =>
        PostgreSqlSession.OpenAsync(target, options, new PostgreSqlConnector(target, sources.Value), cancellationToken);
}
