using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;
using Migrations.History;
using Migrations.Planning;
using Migrations.Running;
using Migrations.Schema;
using Migrations.Variables;

namespace Migrations.Integrity;

/// <summary>
/// Tries migrations and their undo on a scratch copy: up, down, compare, up again, compare. The database itself is only copied from.
/// </summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database.</param>
/// <param name="source">The migrations: a folder's path, or scripts that an assembly carries.</param>
/// <param name="options">How to read and to connect.</param>
public sealed class Rehearsal(IDatabaseDriver driver, DatabaseTarget target, MigrationSource source, MigratorOptions? options = null)
{
    private readonly MigratorOptions _options = options ?? new MigratorOptions();

    /// <summary>Rehearses the pending migrations, or all of them from an empty database, and keeps the verdicts.</summary>
    /// <returns>What was found out about the migrations, in their order, and the declared checks' answers at the end.</returns>
    /// <exception cref="MigrationException">The folder is bad, the database is missing or refuses, or <see
    /// cref="ErrorId.ScratchUnavailable"/>.</exception>
    public async Task<RehearsalReport> RunAsync(RehearsalRequest? request = null, CancellationToken cancellationToken = default)
    {
        var wanted = request ?? new RehearsalRequest();
        var read = VariableBinding.ReadFolder(source, _options.Folder, driver.Dialect, cancellationToken);
        var input = await ReadInputAsync(read, wanted, cancellationToken).ConfigureAwait(false);
        var migrations = Chosen(input, wanted);
        var hooks = RehearsalHooks.Read(read, migrations, driver.Dialect, _options, target.Display, wanted.RunCode, cancellationToken);
        var results = new List<RehearsalResult>();
        string? leftOut = null;
        var copy = new RehearsalCopy(driver, target, _options, wanted, input, migrations, hooks);
        await using (copy.ConfigureAwait(false))
        {
            foreach (var migration in migrations)
            {
                _options.Session.Events.Publish(new WorkAdvanced($"Rehearsing {migration}", results.Count, migrations.Count, "migrations"));
                var result = HandedOn(
                    await new RehearsalOfOne(copy, migration, target.Display).RunAsync(cancellationToken).ConfigureAwait(false)
                );
                results.Add(leftOut is null ? result : Without(leftOut, result));
                if (result is { Applies: false, NotRun: not null })
                    leftOut ??= result.Name;
                if (results[^1] is { Applies: false, NotRun: null })
                    break;
            }

            if (results.TrueForAll(r => r.Applies))
                await EndAsync(copy, results, cancellationToken).ConfigureAwait(false);
            var checks =
                wanted.Checks && results.TrueForAll(r => r.Applies || r.NotRun is not null)
                    ? await AskChecksAsync(copy, leftOut, cancellationToken).ConfigureAwait(false)
                    : [];
            return new RehearsalReport(results, checks)
            {
                NotKept = await TryKeepAsync(migrations, results, wanted, cancellationToken).ConfigureAwait(false),
            };
        }
    }

    /// <summary>What runs after the last migration counts as a part of it.</summary>
    private static async Task EndAsync(RehearsalCopy copy, List<RehearsalResult> results, CancellationToken cancellationToken)
    {
        try
        {
            await copy.EndAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.ReachesBeyondCopy)
        {
            results[^1] = results[^1] with { NotRun = e.Message, Failure = e };
        }
        catch (MigrationException e) when (e.Category is not (FailureCategory.Connection or FailureCategory.Cancelled))
        {
            results[^1] = results[^1] with { Failure = e };
        }
    }

    /// <summary>
    /// A result as it leaves the rehearsal: with its database and folder, and without secrets, because definitions repeat the text of
    /// statements (the bodies of functions, for one).
    /// </summary>
    private RehearsalResult HandedOn(RehearsalResult result) =>
        result with
        {
            Target = target,
            Service = _options.Service,
            Path = source.Name,
            Differences = [.. result.Differences.Select(WithoutSecrets)],
            ObjectsChanged = [.. result.ObjectsChanged.Select(WithoutSecrets)],
        };

    private SchemaDifference WithoutSecrets(SchemaDifference difference) =>
        difference with
        {
            Left = difference.Left is null ? null : ScriptRedaction.Show(driver.Dialect, difference.Left),
            Right = difference.Right is null ? null : ScriptRedaction.Show(driver.Dialect, difference.Right),
            Fix = difference.Fix is null ? null : ScriptRedaction.Show(driver.Dialect, difference.Fix),
        };

    private async Task<PlanningInput> ReadInputAsync(MigrationFolder read, RehearsalRequest request, CancellationToken cancellationToken)
    {
        if (request.All)
            return PlanningInputReader.Of(read, [], _options);
        try
        {
            var session = await driver
                .OpenAsync(target, _options.Session with { Access = SessionAccess.Read }, cancellationToken)
                .ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
                return await PlanningInputReader
                    .ReadAsync(session, driver.Dialect, read, _options, cancellationToken)
                    .ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseMissing && driver.Creator.IsImplicit)
        {
            return PlanningInputReader.Of(read, [], _options);
        }
    }

    private static List<Migration> Chosen(PlanningInput input, RehearsalRequest request)
    {
        FolderIdentity.Check(input);
        var plan = ApplyPlanner.Plan(
            input,
            new ApplyRequest
            {
                Target = request.Target,
                AllowOutOfOrder = true,
                SkipChecksum = true,
            }
        );
        PlannedCode.Demand(plan.Steps);
        return [.. plan.Steps.Select(s => s.Migration)];
    }

    /// <summary>What is wrong with a migration on a copy that lacks an earlier one may be right on the database.</summary>
    private static RehearsalResult Without(string leftOut, RehearsalResult result) =>
        result.IsGood || result.NotRun is not null
            ? result
            : result with
            {
                UndoVerdict = UndoVerdict.NotRun,
                NotRun = $"It may need {leftOut}, which was not run on the copy: {result.Fault}",
            };

    private async Task<IReadOnlyList<CheckResult>> AskChecksAsync(RehearsalCopy copy, string? leftOut, CancellationToken cancellationToken)
    {
        var results = new List<CheckResult>();
        var checks = CheckFileReader
            .Read(source, driver.Dialect, _options.Folder.Variables)
            .Where(c => c.IsFor(_options.Environment))
            .ToList();
        if (checks.Count == 0)
            return results;
        if (leftOut is not null)
            return
            [
                .. checks.Select(c =>
                    DeclaredChecks.NotRun(c, $"Not run: {leftOut} was not run on the copy.").Of(target, _options.Service, source.Name)
                ),
            ];
        var session = await copy.SessionAsync(cancellationToken).ConfigureAwait(false);
        var unfilled = new UnfilledTables(
            driver.Dialect,
            await copy.ReadValuesAsync(digests: false, cancellationToken).ConfigureAwait(false),
            await session.Inspector.ReadSchemaAsync(cancellationToken).ConfigureAwait(false),
            copy.LacksRows
        );
        foreach (var check in checks)
            results.Add(
                await DeclaredChecks
                    .AskAsync(session.Inspector, check, new CheckRequest().Timeout, unfilled, cancellationToken)
                    .ConfigureAwait(false)
            );
        return [.. results.Select(r => r.Of(target, _options.Service, source.Name))];
    }

    /// <summary>What was found is worth reading, whether it could be kept or not.</summary>
    private async Task<MigrationException?> TryKeepAsync(
        List<Migration> migrations,
        List<RehearsalResult> results,
        RehearsalRequest request,
        CancellationToken cancellationToken
    )
    {
        var judged = migrations.Zip(results).Where(p => p.Second.UndoVerdict is not (UndoVerdict.None or UndoVerdict.NotRun)).ToList();
        // Beside scripts that an assembly carries there is no place for a file.
        if (judged.Count == 0 || (!request.Record && source.Folder is null))
            return null;
        try
        {
            if (request.Record)
                await RecordAsync(judged, cancellationToken).ConfigureAwait(false);
            else
                Write(judged);
            return null;
        }
        catch (MigrationException e) when (e.Category is not FailureCategory.Cancelled)
        {
            return e;
        }
    }

    private void Write(List<(Migration Migration, RehearsalResult Result)> judged)
    {
        var now = DateTimeOffset.UtcNow;
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        RehearsalVerdicts.Write(
            source.Folder!,
            judged.Select(p => KeyValuePair.Create(p.Migration.FullName, RehearsalVerdict.Of(p.Migration, p.Result.UndoVerdict, now)))
        );
    }

    private async Task RecordAsync(List<(Migration Migration, RehearsalResult Result)> judged, CancellationToken cancellationToken)
    {
        var recorder = new JournalRecorder(driver.Dialect, _options.Service);
        var session = await driver
            .OpenAsync(target, _options.Session with { Access = SessionAccess.Write }, cancellationToken)
            .ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var held = await session.LockAsync(cancellationToken).ConfigureAwait(false);
            await using (held.ConfigureAwait(false))
            {
                await session.History.EnsureAsync(cancellationToken).ConfigureAwait(false);
                foreach (var (migration, result) in judged)
                {
                    var entry = recorder.Entry(migration, MigrationDirection.Down, JournalEvent.Rehearsed) with
                    {
                        Checksum = RehearsalVerdict.ChecksumOf(migration),
                        Description = result.UndoVerdict.ToString(),
                        Success = result.UndoProven != false,
                        ErrorMessage = result.Fault,
                    };
                    await session.History.AppendAsync(entry, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }
}
