using System.Diagnostics;
using System.IO.Enumeration;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;
using Migrations.Planning;
using Migrations.Running;
using Migrations.Schema;
using Migrations.Variables;

namespace Migrations.Integrity;

/// <summary>
/// Checks a database against its migrations, its engine, its backups and the checks that its folder declares. Changes nothing: declared
/// checks run in transactions that are rolled back, expected schemas come from scratch databases.
/// </summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database.</param>
/// <param name="source">The migrations: a folder's path, or scripts that an assembly carries.</param>
/// <param name="options">How to read and to connect.</param>
public sealed class IntegrityChecker(IDatabaseDriver driver, DatabaseTarget target, MigrationSource source, MigratorOptions? options = null)
{
    private readonly MigratorOptions _options = options ?? new MigratorOptions();

    /// <summary>The categories of checks.</summary>
    public static IReadOnlyList<CheckCategory> Categories { get; } =
        Array.FindAll(Enum.GetValues<CheckCategory>(), c => c is not CheckCategory.Checklist);

    /// <summary>What a report says of a database whose checks could not be made.</summary>
    /// <param name="target">The database.</param>
    /// <param name="error">Why not.</param>
    public static CheckResult Unreached(DatabaseTarget target, MigrationException error) =>
        new()
        {
            Database = target.Display,
            DatabaseTarget = target,
            Name = "connection",
            Category = CheckCategory.Engine,
            Status = CheckStatus.Fail,
            Message = error.Message,
            NextStep = error.NextStep,
        };

    /// <summary>Runs the checks.</summary>
    /// <returns>One result per check; several where a check finds several things. What could not be looked at is <see
    /// cref="CheckStatus.NotRun"/>.</returns>
    /// <exception cref="MigrationException">The database is missing or refuses; or <see cref="ErrorId.UsageInvalid"/>: a category or a name
    /// is unknown.</exception>
    public async Task<IReadOnlyList<CheckResult>> CheckAsync(CheckRequest? request = null, CancellationToken cancellationToken = default)
    {
        var wanted = request ?? new CheckRequest();
        if (wanted.Categories.Contains(CheckCategory.Checklist))
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"The category '{CheckCategory.Checklist.Word()}' has no checks of a database: it is about migrations.",
                $"Rehearse them: {Call.Test.With(CallOption.Checklist)}"
            );
        if (
            source.Folder is { } folder
            && !Directory.Exists(folder)
            && (wanted.Categories.Count == 0 || wanted.Categories.Any(c => c is not (CheckCategory.Engine or CheckCategory.Backup)))
        )
            throw MissingFolder.Error(folder);
        var session = await driver
            .OpenAsync(target, _options.Session with { Access = SessionAccess.Read }, cancellationToken)
            .ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var results = new List<CheckResult>();
            foreach (var category in Categories)
            {
                if (wanted.Categories.Count > 0 && !wanted.Categories.Contains(category))
                    continue;
                _options.Session.Events.Publish(new WorkAdvanced($"Checking {target.Display}", results.Count, Total: null, "checks"));
                results.AddRange(await RunAsync(category, session, wanted, cancellationToken).ConfigureAwait(false));
            }

            return Selected(results, wanted.Names);
        }
    }

    private async Task<IEnumerable<CheckResult>> RunAsync(
        CheckCategory category,
        IDatabaseSession session,
        CheckRequest request,
        CancellationToken cancellationToken
    )
    {
        var watch = Stopwatch.StartNew();
        IReadOnlyList<CheckResult> results;
        try
        {
            results = category switch
            {
                CheckCategory.Engine =>
                [
                    .. await session.Inspector.CheckEngineAsync(request.Thorough, cancellationToken).ConfigureAwait(false),
                    await LeftoverChecks
                        .AskAsync(driver, request.ScratchServer ?? target, _options.Session, cancellationToken)
                        .ConfigureAwait(false),
                ],
                CheckCategory.Folder => [.. FolderChecks.Judge(await ReadFolderAsync(session, cancellationToken).ConfigureAwait(false))],
                CheckCategory.History => [.. HistoryChecks.Judge(await StatusesAsync(session, cancellationToken).ConfigureAwait(false))],
                CheckCategory.Schema or CheckCategory.Drift => await SchemaAsync(category, session, request, cancellationToken)
                    .ConfigureAwait(false),
                CheckCategory.Backup =>
                [
                    await BackupChecks.AskAsync(driver, target, request, DateTimeOffset.UtcNow, cancellationToken).ConfigureAwait(false),
                ],
                _ => await DeclaredAsync(session, request, cancellationToken).ConfigureAwait(false),
            };
        }
        catch (MigrationException e) when (category is CheckCategory.Folder && (e is FolderException || e.Id is ErrorId.FolderEmpty))
        {
            results = [.. FolderChecks.Judge(e)];
        }
        catch (MigrationException e) when (e.Category is not FailureCategory.Cancelled)
        {
            results = [NotRun(category, e)];
        }

        var share = results.Count == 0 ? TimeSpan.Zero : watch.Elapsed / results.Count;
        return results.Select(r =>
            r.Of(target, _options.Service, source.Name) with
            {
                Duration = r.Duration == TimeSpan.Zero ? share : r.Duration,
            }
        );
    }

    private static CheckResult NotRun(CheckCategory category, MigrationException error) =>
        new()
        {
            // A declared check that cannot be read is a fault of the folder, a broken connection one of the database; all else is a
            // question that was not answered.
            Name = category.Word(),
            Category = category,
            Status =
                (category is CheckCategory.Declared && error is FolderException) || error.Category is FailureCategory.Connection
                    ? CheckStatus.Fail
                    : CheckStatus.NotRun,
            Message = error.Message,
            NextStep = error.NextStep,
        };

    private MigrationFolder ReadFolder(CancellationToken cancellationToken) =>
        VariableBinding.ReadFolder(source, _options.Folder, driver.Dialect, cancellationToken);

    /// <summary>An empty folder is good only where the history, or the caller, knows of it.</summary>
    private async Task<MigrationFolder> ReadFolderAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        var read = ReadFolder(cancellationToken);
        if (read.IsEmpty)
            _ = PlanningInputReader.Of(read, await session.History.ReadAsync(cancellationToken).ConfigureAwait(false), _options);
        return read;
    }

    private async Task<PlanningInput> ReadInputAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        var input = await PlanningInputReader
            .ReadAsync(session, driver.Dialect, ReadFolder(cancellationToken), _options, cancellationToken)
            .ConfigureAwait(false);
        return input.ServiceProblem is { } problem ? throw problem : input;
    }

    private async Task<IReadOnlyList<MigrationStatus>> StatusesAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        StatusBuilder.Build(await ReadInputAsync(session, cancellationToken).ConfigureAwait(false), target, source.Name, _options.Service);

    private async Task<IReadOnlyList<CheckResult>> SchemaAsync(
        CheckCategory category,
        IDatabaseSession session,
        CheckRequest request,
        CancellationToken cancellationToken
    )
    {
        var input = await ReadInputAsync(session, cancellationToken).ConfigureAwait(false);
        var expectations = new ExpectedSchema(
            driver,
            _options,
            new ScratchRequest
            {
                Origin = target,
                Server = request.ScratchServer,
                Session = _options.Session,
            }
        );
        // The table of a history that was taken over may have any name.
        var scope = new SchemaScope(
            input.History.TakenOver is { Digest: not null, Table: var other } ? [.. request.Ignored, other] : request.Ignored
        );
        var found = await session.Inspector.ReadSchemaAsync(cancellationToken).ConfigureAwait(false);
        SchemaSnapshot replay;
        try
        {
            replay = await expectations.OfAppliedAsync(input, session.History, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.CodeNotReplayed && category is CheckCategory.Drift)
        {
            var journal = await session.History.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (SchemaChecks.SinceLastRun(journal, found) is not { } compared)
                throw;
            return [compared];
        }

        var expected = scope.WithoutIgnored(replay);
        var live = scope.WithoutOthers(found, expected);
        if (category is CheckCategory.Drift)
        {
            var (compared, good) = input.History.IsShared
                ? (
                    SchemaChecks.WithoutOthers(live, expected),
                    "The objects of the applied migrations are unchanged. Other services share the database: other objects "
                        + "were not compared."
                )
                : (live, "The database matches its applied migrations." + SchemaScope.LeftOut(found, live));
            return [.. SchemaChecks.Differences("drift", category, expected, compared, good)];
        }

        List<CheckResult> results = [.. SchemaChecks.Existing(expected, live)];
        if (source.Folder is { } folder && ExpectedSchema.FileOf(folder) is { } file)
        {
            var replayed = await expectations.OfFolderAsync(input, cancellationToken).ConfigureAwait(false);
            var written = await expectations.OfFileAsync(file, cancellationToken).ConfigureAwait(false);
            results.AddRange(
                SchemaChecks.Differences(
                    "schema-file",
                    category,
                    scope.WithoutOthers(written, replayed),
                    scope.WithoutIgnored(replayed),
                    $"The migrations match {Path.GetFileName(file)}."
                )
            );
        }

        return results;
    }

    private async Task<IReadOnlyList<CheckResult>> DeclaredAsync(
        IDatabaseSession session,
        CheckRequest request,
        CancellationToken cancellationToken
    )
    {
        var checks = CheckFileReader
            .Read(source, driver.Dialect, _options.Folder.Variables)
            .Where(c => c.IsFor(_options.Environment) && IsNamed(c.Name, request.Names))
            .ToList();
        if (checks.Count == 0 || !request.OnCopy)
            return await AskAsync(session.Inspector, checks, request, cancellationToken).ConfigureAwait(false);
        var scratch = await driver
            .Scratch.CreateAsync(
                new ScratchRequest
                {
                    Origin = target,
                    Content = ScratchContent.Data,
                    Server = request.ScratchServer,
                    Scripts = [],
                    Session = _options.Session,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        await using (scratch.ConfigureAwait(false))
        {
            var copy = await driver
                .OpenAsync(scratch.Target, _options.Session with { Access = SessionAccess.Read }, cancellationToken)
                .ConfigureAwait(false);
            await using (copy.ConfigureAwait(false))
                return await AskAsync(copy.Inspector, checks, request, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<IReadOnlyList<CheckResult>> AskAsync(
        IDatabaseInspector inspector,
        List<DeclaredCheck> checks,
        CheckRequest request,
        CancellationToken cancellationToken
    )
    {
        var results = new List<CheckResult>();
        foreach (var check in checks)
            results.Add(
                await DeclaredChecks.AskAsync(inspector, check, request.Timeout, unfilled: null, cancellationToken).ConfigureAwait(false)
            );
        return results;
    }

    private static IReadOnlyList<CheckResult> Selected(List<CheckResult> results, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return results;
        var selected = results.Where(r => IsNamed(r.Name, names)).ToList();
        return selected.Count > 0
            ? selected
            : throw new MigrationException(
                ErrorId.UsageInvalid,
                $"There is no check named {string.Join(" or ", names.Select(n => $"'{n}'"))}.",
                $"The checks are {string.Join(", ", results.Select(r => r.Name).Distinct(StringComparer.Ordinal))}."
            );
    }

    private static bool IsNamed(string name, IReadOnlyList<string> names) =>
        names.Count == 0 || names.Any(n => FileSystemName.MatchesSimpleExpression(n, name, ignoreCase: true));
}
