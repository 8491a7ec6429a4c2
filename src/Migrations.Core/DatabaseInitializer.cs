using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.History;
using Migrations.Planning;
using Migrations.Running;

namespace Migrations;

/// <summary>
/// Brings a database to where an application can start: waits for the server, creates the database, and runs one init script or the pending
/// migrations, once, however many instances start at the same moment.
/// </summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database.</param>
/// <param name="path">A migration folder, or one init script.</param>
/// <param name="options">How to connect; <see cref="SessionOptions.Starting"/> says how to wait for a server.</param>
public sealed class DatabaseInitializer(IDatabaseDriver driver, DatabaseTarget target, string path, MigratorOptions? options = null)
{
    /// <summary>The file with data for development, in a migration folder or beside an init script.</summary>
    public const string SeedName = "seed.sql";

    private readonly MigratorOptions _options = options ?? new MigratorOptions();

    /// <summary>Whether there is one init script instead of a migration folder.</summary>
    private bool IsScript => File.Exists(path) || (path.EndsWith(".sql", StringComparison.OrdinalIgnoreCase) && !Directory.Exists(path));

    private string SeedFile => Path.Combine(IsScript ? Path.GetDirectoryName(Path.GetFullPath(path))! : path, SeedName);

    /// <summary>Initializes the database. What is there already is left as it is.</summary>
    /// <exception cref="MigrationException">The call contradicts itself, the server did not come up, or something failed and was rolled
    /// back.</exception>
    public async Task<InitializationResult> InitializeAsync(
        InitializationRequest? request = null,
        CancellationToken cancellationToken = default
    )
    {
        var wanted = request ?? new InitializationRequest();
        var clock = Stopwatch.StartNew();
        Demand(wanted);
        var waiting = Context(_options);
        var script = IsScript ? DatabaseScript.OfFile(waiting, path, cancellationToken, ScriptPurpose.Init) : null;
        var seed = wanted.Seed ? DatabaseScript.OfFile(waiting, SeedFile, cancellationToken, ScriptPurpose.Seed) : null;
        var created = await WaitAsync(waiting, wanted.Create, cancellationToken).ConfigureAwait(false);
        // From here on the server is there: what fails now has another reason than its start.
        var connected = _options with
        {
            Session = _options.Session with { ConnectAttempts = 1, ConnectWait = TimeSpan.Zero },
        };
        var context = Context(connected);
        if (!created && (wanted.Stamp is not null || wanted.Seed))
            await DemandStampAsync(context, wanted, cancellationToken).ConfigureAwait(false);
        var applied = script is null
            ? await new Migrator(driver, target, path, connected).ApplyAsync(wanted.Apply, cancellationToken).ConfigureAwait(false)
            : [];
        var result = await RunAsync(context, script, seed, wanted, cancellationToken).ConfigureAwait(false);
        var isChanged = created || applied.Count > 0 || (result.Script ?? result.Seed ?? result.Stamp) is not null;
        return result with
        {
            Outcome = isChanged ? InitializationOutcome.Initialized : InitializationOutcome.AlreadyInitialized,
            Created = created,
            Applied = [.. applied.Select(m => m.Name)],
            Duration = clock.Elapsed,
        };
    }

    /// <summary>What initializing would do. Changes and creates nothing.</summary>
    /// <exception cref="MigrationException">As for <see cref="InitializeAsync"/>.</exception>
    public async Task<InitializationResult> PlanAsync(InitializationRequest? request = null, CancellationToken cancellationToken = default)
    {
        var wanted = request ?? new InitializationRequest();
        Demand(wanted);
        var context = Context(_options);
        var script = IsScript ? DatabaseScript.OfFile(context, path, cancellationToken, ScriptPurpose.Init) : null;
        var seed = wanted.Seed ? DatabaseScript.OfFile(context, SeedFile, cancellationToken, ScriptPurpose.Seed) : null;
        IDatabaseSession session;
        try
        {
            session = await context.OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (IsOfCreation(e))
        {
            DemandCreation(e, wanted.Create);
            return Planned(script?.Name, seed?.Name, wanted.Stamp, script is null ? AllSteps(context, wanted, cancellationToken) : []) with
            {
                Created = true,
            };
        }

        await using (session.ConfigureAwait(false))
        {
            var runs =
                script is not null && !await HasRunAsync(context, session, script, wanted.Marker, cancellationToken).ConfigureAwait(false);
            var seeds = seed is not null && !await HasRunAsync(context, session, seed, null, cancellationToken).ConfigureAwait(false);
            var stamps = wanted.Stamp is not null && !await IsStampedAsync(session, wanted.Stamp, cancellationToken).ConfigureAwait(false);
            // What would be asked about is no error yet.
            if (stamps || seeds)
                await DemandStampAsync(context, session, wanted with { ReplacesProtectedStamp = true }, cancellationToken)
                    .ConfigureAwait(false);
            if (runs)
                await new ScriptOnce(context, session, script!, wanted.Marker).WarnOfLossAsync(cancellationToken).ConfigureAwait(false);
            var steps = script is null ? await StepsAsync(wanted, cancellationToken).ConfigureAwait(false) : [];
            return Planned(runs ? script!.Name : null, seeds ? seed!.Name : null, stamps ? wanted.Stamp : null, steps);
        }
    }

    private InitializationResult Planned(string? script, string? seed, string? stamp, IReadOnlyList<string> steps)
    {
        var isDone = (script ?? seed ?? stamp) is null && steps.Count == 0;
        var outcome = isDone ? InitializationOutcome.AlreadyInitialized : InitializationOutcome.WhatIf;
        return Of(new InitializationResult { Database = target.Display, Outcome = outcome }, script, seed, stamp) with { Applied = steps };
    }

    private RunContext Context(MigratorOptions how) => new(driver, target, IsScript ? "" : path, how);

    private InitializationResult Of(InitializationResult result, string? script, string? seed, string? stamp) =>
        result with
        {
            Target = target,
            Service = _options.Service,
            Script = script,
            Seed = seed,
            Stamp = stamp,
        };

    private static Task<bool> HasRunAsync(
        RunContext context,
        IDatabaseSession session,
        DatabaseScript script,
        string? marker,
        CancellationToken cancellationToken
    ) => new ScriptOnce(context, session, script, marker).HasRunAsync(cancellationToken);

    private async Task<IReadOnlyList<string>> StepsAsync(InitializationRequest request, CancellationToken cancellationToken) =>
        Names(await new Migrator(driver, target, path, _options).PlanApplyAsync(request.Apply, cancellationToken).ConfigureAwait(false));

    /// <summary>What would be applied to a database that is not there yet.</summary>
    private static IReadOnlyList<string> AllSteps(RunContext context, InitializationRequest request, CancellationToken cancellationToken) =>
        Names(ApplyPlanner.Plan(PlanningInputReader.Of(context.ReadFolder(cancellationToken), [], context.Options), request.Apply));

    private static IReadOnlyList<string> Names(MigrationPlan plan) => [.. plan.Steps.Select(s => s.Migration.FullName)];

    /// <summary>What contradicts itself is refused before the server is waited for.</summary>
    private void Demand(InitializationRequest request)
    {
        if (request.Marker is not null && !IsScript)
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"A marker table guards one init script, but '{path}' is a migration folder, whose history says what has run.",
                $"Leave out {CallOption.Marker}, or name a script with {CallOption.Path} or MIGRATION_PATH."
            );
        if (
            request.Stamp is { } stamp
            && !ConfiguredName.IsName(stamp)
            && !string.Equals(stamp, _options.Stamp.Own, StringComparison.Ordinal)
        )
            throw new MigrationException(ErrorId.UsageInvalid, "The stamp is no name of an environment.", ConfiguredName.Form);
        if (request.Stamp is { } other && _options.Stamp.Own is { } own && !string.Equals(other, own, StringComparison.Ordinal))
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"The databases of the environment '{_options.Environment ?? own}' are stamped '{own}', and '{other}' was to be written: "
                    + "its own commands would be refused afterwards.",
                $"Use {CallOption.Stamp.Of(own)}, or name the environment of that stamp with {CallOption.Environment}."
            );
        if (request.Create is { } create && driver.Creator.IsImplicit && (create.Owner ?? create.Encoding ?? create.Template) is not null)
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"A {driver.Engine} database is a file: it has no owner, encoding or template that could be chosen.",
                $"Leave out {CallOption.Owner}, {CallOption.Encoding} and {CallOption.Template}."
            );
        if (request.Seed)
            SeedData.Demand(request.IsProtected, request.Force, _options.Environment);
    }

    /// <summary>Whether an error says only that the database is to be created.</summary>
    private static bool IsOfCreation(MigrationException error) => error.Id is ErrorId.DatabaseMissing or ErrorId.DatabaseFolderMissing;

    /// <summary>A path or a name that is mistyped must not be initialized as a new database.</summary>
    private static void DemandCreation(MigrationException missing, DatabaseCreation? creation)
    {
        if (creation is not null)
            return;
        missing.NextStep = $"Create it first: '{Call.Init.With(CallOption.Create)}'; or correct the name.";
        ExceptionDispatchInfo.Throw(missing);
    }

    /// <summary>Waits until the server answers, and creates the database where that is requested.</summary>
    /// <returns>Whether it was created.</returns>
    private async Task<bool> WaitAsync(RunContext context, DatabaseCreation? creation, CancellationToken cancellationToken)
    {
        try
        {
            var session = await context.OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
            await session.DisposeAsync().ConfigureAwait(false);
            return false;
        }
        catch (MigrationException e) when (IsOfCreation(e))
        {
            DemandCreation(e, creation);
            return await driver.Creator.CreateAsync(target, context.Options.Session, creation!, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<InitializationResult> RunAsync(
        RunContext context,
        DatabaseScript? script,
        DatabaseScript? seed,
        InitializationRequest request,
        CancellationToken cancellationToken
    )
    {
        var done = new InitializationResult { Database = target.Display, Outcome = InitializationOutcome.AlreadyInitialized };
        if (script is null && seed is null && request.Stamp is null)
            return Of(done, script: null, seed: null, stamp: null);
        var session = await context.OpenAsync(SessionAccess.Create, cancellationToken).ConfigureAwait(false);
        await using var _ = session.ConfigureAwait(false);
        var ran = script is null
            ? null
            : await new ScriptOnce(context, session, script, request.Marker) { AcceptsLoss = request.AcceptDataLoss }
                .RunAsync(cancellationToken)
                .ConfigureAwait(false);
        var seeded = seed is null
            ? null
            : await new ScriptOnce(context, session, seed, marker: null) { AcceptsLoss = request.AcceptDataLoss }
                .RunAsync(cancellationToken)
                .ConfigureAwait(false);
        var isStamped = request.Stamp is not null && await StampAsync(context, session, request, cancellationToken).ConfigureAwait(false);
        return Of(done, ran?.Name, seeded?.Name, isStamped ? request.Stamp : null);
    }

    /// <summary>Refuses the database of another environment before anything is done to it.</summary>
    private async Task DemandStampAsync(RunContext context, InitializationRequest request, CancellationToken cancellationToken)
    {
        var session = await context.OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        await using var _ = session.ConfigureAwait(false);
        await DemandStampAsync(context, session, request, cancellationToken).ConfigureAwait(false);
    }

    private async Task DemandStampAsync(
        RunContext context,
        IDatabaseSession session,
        InitializationRequest request,
        CancellationToken cancellationToken
    )
    {
        if (request is { ReplacesStamp: true, ReplacesProtectedStamp: true })
            return;
        var found = await session.History.FindAllAsync(cancellationToken).ConfigureAwait(false);
        if (request is { ReplacesStamp: true, Stamp: { } other })
        {
            found.DemandReplaceable(other, context.Options.Stamp, target);
            return;
        }

        if (request.Stamp is { } stamp)
            found.DemandStampable(stamp, context.Options.Stamp, target);
        // Rows for development have no place in the database of another environment.
        if (request.Seed)
            found.Demand(context.Options.Stamp, target);
    }

    /// <summary>Writes the stamp, unless it is there.</summary>
    private async Task<bool> StampAsync(
        RunContext context,
        IDatabaseSession session,
        InitializationRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!await ScriptOnce.MayBeDueAsync(IsDoneAsync).ConfigureAwait(false))
            return false;
        var held = await session.LockAsync(() => ScriptOnce.MayBeDueAsync(IsDoneAsync), cancellationToken).ConfigureAwait(false);
        if (held is null)
            return false;
        await using var _ = held.ConfigureAwait(false);
        // Another run may have written one since it was looked for.
        await DemandStampAsync(context, session, request, cancellationToken).ConfigureAwait(false);
        if (await IsDoneAsync().ConfigureAwait(false))
            return false;
        await context.NewStampWriter().WriteAsync(session, request.Stamp, cancellationToken).ConfigureAwait(false);
        return true;

        Task<bool> IsDoneAsync() => IsStampedAsync(session, request.Stamp!, cancellationToken);
    }

    /// <summary>Whether the database has the stamp, and none of its histories another.</summary>
    private static async Task<bool> IsStampedAsync(IDatabaseSession session, string stamp, CancellationToken cancellationToken)
    {
        var found = await session.History.FindAllAsync(cancellationToken).ConfigureAwait(false);
        return !found.Others(stamp).Any() && found.All.Any(h => h is { IsOwn: true, Stamp: not null });
    }
}
