using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;
using Migrations.Integrity;
using Migrations.Planning;
using Migrations.Running;
using Migrations.Variables;

namespace Migrations.Generating;

/// <summary>
/// Writes the undo of migrations that have none: replays the folder on a scratch database, writes the difference that each migration made
/// backwards, and rehearses it on another. Only what is proven there is written.
/// </summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database; its kind, and the server of the scratch databases, count. Nothing is read from it.</param>
/// <param name="folder">The migration folder.</param>
/// <param name="options">How to read and to connect.</param>
public sealed class UndoDerivation(IDatabaseDriver driver, DatabaseTarget target, string folder, MigratorOptions? options = null)
{
    private readonly MigratorOptions _options = WithoutHooks(options ?? new MigratorOptions());

    /// <summary>Derives undo scripts, proves them and writes those that are proven.</summary>
    /// <returns>One result for each migration that was asked for.</returns>
    /// <exception cref="MigrationException">The folder is bad, a migration before it fails, or <see cref="ErrorId.ScratchUnavailable"/>.
    /// <see cref="ErrorId.GenerationRefused"/>: the migration that is named has a good undo.</exception>
    public async Task<IReadOnlyList<GeneratedMigration>> RunAsync(UndoDerivationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var root = Path.GetFullPath(folder);
        var read = VariableBinding.ReadFolder(root, _options.Folder, driver.Dialect, cancellationToken);
        var input = PlanningInputReader.Of(read, [], _options);
        var wanted = Wanted(input, request);
        if (wanted.Count == 0)
            return [];
        var all = input.Migrations.Where(input.RunsHere).ToList();
        List<Migration> replayed = [.. all.Take(all.FindIndex(m => m == wanted[^1]) + 1)];
        PlannedCode.DemandNone([.. replayed.Except(wanted)]);
        if (request.Migration is not null && wanted[0].HasUndo)
            await DemandWrongAsync(read, input, replayed, request, cancellationToken).ConfigureAwait(false);
        var findings = await ProbeAsync(read, input, replayed, wanted, request, cancellationToken).ConfigureAwait(false);
        var results = await ProveAsync(read, input, replayed, findings, request, cancellationToken).ConfigureAwait(false);
        return
        [
            .. results.Select(result =>
                result.Outcome == GenerationOutcome.Refused
                    ? result
                    : Placed(
                        root,
                        findings.Keys.First(m => string.Equals(m.FullName, result.Name, StringComparison.Ordinal)),
                        result,
                        cancellationToken
                    )
            ),
        ];
    }

    private List<Migration> Wanted(PlanningInput input, UndoDerivationRequest request)
    {
        if (request.Migration is not { } named)
            return [.. input.Migrations.Where(m => !m.HasUndo && !m.IsIrreversible && m.Version is not null && input.RunsHere(m))];
        var found = MigrationResolver.Find(input.Migrations, named);
        if (!input.RunsHere(found))
            throw new MigrationException(
                ErrorId.GenerationRefused,
                $"{found} is for another environment, so it is not replayed here.",
                $"Name its environment: {CallOption.Environment.Of("<name>")}"
            );
        if (found.Version is null)
            throw new MigrationException(
                ErrorId.GenerationRefused,
                $"{found} is repeatable, and has no undo.",
                "Name a migration with a version."
            );
        return [found];
    }

    /// <summary>An undo that is there is replaced only when a rehearsal finds it wrong.</summary>
    private async Task DemandWrongAsync(
        MigrationFolder read,
        PlanningInput input,
        List<Migration> replayed,
        UndoDerivationRequest request,
        CancellationToken cancellationToken
    )
    {
        var copy = Copy(read, input, replayed, request, cancellationToken);
        await using (copy.ConfigureAwait(false))
        {
            foreach (var migration in replayed.SkipLast(1))
                _ = await copy.RunAsync(migration, MigrationDirection.Up, cancellationToken).ConfigureAwait(false);
            var rehearsed = await new RehearsalOfOne(copy, replayed[^1], target.Display).RunAsync(cancellationToken).ConfigureAwait(false);
            if (!rehearsed.IsGood)
                return;
            throw new MigrationException(
                ErrorId.GenerationRefused,
                $"{replayed[^1]} has an undo, and the rehearsal finds no fault in it: {rehearsed.UndoMessage}.",
                $"Keep it. To have another one written, delete {replayed[^1].Down!.File} first."
            );
        }
    }

    private async Task<IReadOnlyDictionary<Migration, UndoFinding>> ProbeAsync(
        MigrationFolder read,
        PlanningInput input,
        List<Migration> replayed,
        List<Migration> wanted,
        UndoDerivationRequest request,
        CancellationToken cancellationToken
    )
    {
        var found = new Dictionary<Migration, UndoFinding>(ReferenceEqualityComparer.Instance);
        var copy = Copy(read, input, replayed, request, cancellationToken);
        await using (copy.ConfigureAwait(false))
        {
            var probe = new UndoProbe(copy, driver.Changes);
            foreach (var migration in replayed)
            {
                Advance("Replaying", migration, found.Count, wanted.Count);
                if (wanted.Contains(migration))
                    found[migration] = await probe.LookAsync(migration, cancellationToken).ConfigureAwait(false);
                else
                    _ = await copy.RunAsync(migration, MigrationDirection.Up, cancellationToken).ConfigureAwait(false);
            }
        }

        return found;
    }

    private async Task<IReadOnlyList<GeneratedMigration>> ProveAsync(
        MigrationFolder read,
        PlanningInput input,
        List<Migration> replayed,
        IReadOnlyDictionary<Migration, UndoFinding> findings,
        UndoDerivationRequest request,
        CancellationToken cancellationToken
    )
    {
        var results = new List<GeneratedMigration>();
        var copy = Copy(read, input, replayed, request, cancellationToken);
        await using (copy.ConfigureAwait(false))
        {
            foreach (var migration in replayed)
            {
                Advance("Proving", migration, results.Count, findings.Count);
                if (!findings.TryGetValue(migration, out var finding))
                {
                    _ = await copy.RunAsync(migration, MigrationDirection.Up, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                var whole =
                    finding.Reasons.Count == 0 ? migration with { Down = UndoText.Script(finding) } : migration with { Down = null };
                var rehearsed = await new RehearsalOfOne(copy, whole, target.Display).RunAsync(cancellationToken).ConfigureAwait(false);
                results.Add(Judge(finding, rehearsed, request));
            }
        }

        return results;
    }

    private GeneratedMigration Judge(UndoFinding finding, RehearsalResult rehearsed, UndoDerivationRequest request)
    {
        var result = new GeneratedMigration
        {
            Database = target.Display,
            Target = target,
            Service = _options.Service,
            Path = folder,
            Version = finding.Migration.Version,
            Name = finding.Migration.FullName,
            Outcome = GenerationOutcome.Refused,
            UndoVerdict = rehearsed.UndoVerdict,
            Reasons = finding.Reasons,
            Differences = rehearsed.Differences,
            DownLosses = [.. finding.Down.Losses.Select(l => l.ToString())],
        };
        if (finding.Reasons.Count > 0)
            return result;
        if (finding.Down.Statements.Count == 0)
            return result with { Reasons = ["It changes nothing that an undo would take back."] };
        result = result with { Down = UndoText.Write(finding, rehearsed.UndoVerdict) };
        return ProofOfChange.Holds(rehearsed, finding.Up)
            ? result with
            {
                Outcome = request.WhatIf ? GenerationOutcome.WhatIf : GenerationOutcome.Written,
            }
            : result with
            {
                Reasons = [rehearsed.NotRun ?? rehearsed.Fault ?? rehearsed.UndoMessage],
            };
    }

    private GeneratedMigration Placed(string root, Migration migration, GeneratedMigration result, CancellationToken cancellationToken)
    {
        var file = UndoFile.Of(root, migration, _options.Folder, cancellationToken);
        if (result.Outcome == GenerationOutcome.Written)
            file.Write(result.Down!, cancellationToken);
        return result with { Files = [file.Path] };
    }

    private RehearsalCopy Copy(
        MigrationFolder read,
        PlanningInput input,
        List<Migration> replayed,
        UndoDerivationRequest request,
        CancellationToken cancellationToken
    ) =>
        new(
            driver,
            target,
            _options,
            new RehearsalRequest { All = true, ScratchServer = request.ScratchServer },
            input,
            replayed,
            RehearsalHooks.Read(read, replayed, driver.Dialect, _options, target.Display, runCode: false, cancellationToken)
        );

    private void Advance(string what, Migration migration, int done, int all) =>
        _options.Session.Events.Publish(new WorkAdvanced($"{what} {migration}", done, all, "migrations"));

    private static MigratorOptions WithoutHooks(MigratorOptions options) =>
        options with
        {
            Folder = options.Folder with { NoHooks = true },
        };
}
