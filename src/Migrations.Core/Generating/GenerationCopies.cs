using System.Globalization;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;
using Migrations.Integrity;
using Migrations.Planning;
using Migrations.Running;
using Migrations.Schema;

namespace Migrations.Generating;

/// <summary>Drafts a migration on one scratch database, and proves it on another.</summary>
internal sealed class GenerationCopies(
    IDatabaseDriver driver,
    DatabaseTarget target,
    MigratorOptions options,
    GenerationRequest request,
    MigrationFolder read
)
{
    private readonly SchemaScope _scope = new(request.Ignored);

    /// <summary>Writes both halves: the difference to the wanted schema, and the one back.</summary>
    public async Task<GenerationDraft> DraftAsync(SchemaSnapshot wanted, CancellationToken cancellationToken)
    {
        var (copy, migrations) = Open(PlanningInputReader.Of(read, [], options), all: true, cancellationToken);
        await using (copy.ConfigureAwait(false))
        {
            await ReplayAsync(copy, migrations, cancellationToken).ConfigureAwait(false);
            var there = await SchemaAsync(copy, cancellationToken).ConfigureAwait(false);
            var to = _scope.WithoutOthers(wanted, there);
            var from = _scope.WithoutOthers(there, wanted);
            var requests = new RenameRequests(driver.Dialect, from, to);
            var draft = new GenerationDraft
            {
                Renames = requests.Find(request.Renames, request.Ask),
                Unasked = requests.Unasked,
                Shown = request.Shown,
            };
            await RunAsync(copy, "renames", [.. draft.Renames.Select(r => r.Sql)], cancellationToken).ConfigureAwait(false);
            from = _scope.WithoutOthers(await SchemaAsync(copy, cancellationToken).ConfigureAwait(false), wanted);
            draft = draft with { UpNotes = driver.Changes.Write(from, to, converts: false) };
            if (draft.UpNotes.Undecided.Count > 0)
                return draft with { Reasons = draft.UpNotes.Undecided };
            try
            {
                await RunAsync(copy, "up", draft.UpNotes.Statements, cancellationToken).ConfigureAwait(false);
            }
            catch (MigrationException e) when (e.Category is not (FailureCategory.Connection or FailureCategory.Cancelled))
            {
                return draft with { Reasons = [$"The up script fails: {e.MessageWithPlace}", .. Statements(draft.Up)] };
            }

            var reached = _scope.WithoutOthers(await SchemaAsync(copy, cancellationToken).ConfigureAwait(false), wanted);
            var differences = SchemaComparison.Compare(to, reached).Where(d => !d.IsColumnOrder || !reached.RefusesDropOfUsed).ToList();
            if (differences.Count > 0)
                return draft with
                {
                    Reasons = ["The up script does not reach the schema that is wanted.", .. Statements(draft.Up)],
                    Differences = differences,
                };
            var back = driver.Changes.Write(reached, from, converts: true);
            return draft with { DownNotes = back, Reasons = back.Undecided };
        }
    }

    /// <summary>
    /// Rehearses it on a copy with rows, and looks for rows that are gone. Rows that are made up may not be as the script asks: then those
    /// tables stay empty, and only their schema is proven.
    /// </summary>
    public async Task<GenerationProof> ProveAsync(GenerationDraft draft, SchemaSnapshot wanted, CancellationToken cancellationToken)
    {
        var proof = await ProveAsync(draft, wanted, draft.Empty, cancellationToken).ConfigureAwait(false);
        return proof.Reasons.Count == 0 || request.WithData || draft.Conditional.Count == 0
            ? proof
            : await ProveAsync(draft, wanted, [.. draft.Empty, .. draft.Conditional], cancellationToken).ConfigureAwait(false);
    }

    private async Task<GenerationProof> ProveAsync(
        GenerationDraft draft,
        SchemaSnapshot wanted,
        IReadOnlyList<string> empty,
        CancellationToken cancellationToken
    )
    {
        var input = request.WithData
            ? await ReadInputAsync(cancellationToken).ConfigureAwait(false)
            : PlanningInputReader.Of(read, [], options);
        var (copy, migrations) = Open(input, !request.WithData, cancellationToken);
        await using (copy.ConfigureAwait(false))
        {
            await ReplayAsync(copy, migrations, cancellationToken).ConfigureAwait(false);
            var rows = new MadeUpRows(copy, await SchemaAsync(copy, cancellationToken).ConfigureAwait(false), wanted);
            if (!request.WithData)
                await rows.FillAsync(empty, cancellationToken).ConfigureAwait(false);
            var before = await copy.ReadValuesAsync(digests: false, cancellationToken).ConfigureAwait(false);
            var migration = GeneratedScript.Migration("generated", GeneratedText.Write([], draft.Up), GeneratedText.Write([], draft.Down));
            var rehearsed = await new RehearsalOfOne(copy, migration, target.Display).RunAsync(cancellationToken).ConfigureAwait(false);
            var proof = new GenerationProof
            {
                Rehearsed = rehearsed,
                Unfilled = [.. before.Where(t => t is { Rows: 0, IsOther: false }).Select(t => t.Table)],
            };
            if (!ProofOfChange.Holds(rehearsed, draft.UpNotes))
                return proof with
                {
                    Reasons =
                    [
                        rehearsed.NotRun ?? rehearsed.Fault ?? rehearsed.UndoMessage,
                        .. Statements(rehearsed.Applies ? draft.Down : draft.Up),
                    ],
                    Differences = rehearsed.Differences,
                };
            var reached = _scope.WithoutOthers(await SchemaAsync(copy, cancellationToken).ConfigureAwait(false), wanted);
            var differences = SchemaComparison
                .Compare(_scope.WithoutOthers(wanted, reached), reached)
                .Where(d => !d.IsColumnOrder || !reached.RefusesDropOfUsed)
                .ToList();
            var after = await copy.ReadValuesAsync(digests: false, cancellationToken).ConfigureAwait(false);
            return proof with
            {
                Differences = differences,
                Reasons =
                    differences.Count > 0
                        ? ["On rows the up script does not reach the schema that is wanted."]
                        : [.. Gone(draft, before, after)],
            };
        }
    }

    private (RehearsalCopy Copy, IReadOnlyList<Migration> Migrations) Open(
        PlanningInput input,
        bool all,
        CancellationToken cancellationToken
    )
    {
        List<Migration> migrations = [.. input.Migrations.Where(m => input.RunsHere(m) && input.IsPending(m))];
        PlannedCode.DemandNone(migrations);
        var rehearsal = new RehearsalRequest
        {
            All = all,
            WithData = request.WithData,
            ScratchServer = request.ScratchServer,
        };
        var hooks = RehearsalHooks.Read(read, migrations, driver.Dialect, options, target.Display, runCode: false, cancellationToken);
        return (new RehearsalCopy(driver, target, options, rehearsal, input, migrations, hooks), migrations);
    }

    private async Task<PlanningInput> ReadInputAsync(CancellationToken cancellationToken)
    {
        var session = await driver
            .OpenAsync(target, options.Session with { Access = SessionAccess.Read }, cancellationToken)
            .ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
            return await PlanningInputReader.ReadAsync(session, driver.Dialect, read, options, cancellationToken).ConfigureAwait(false);
    }

    private async Task ReplayAsync(RehearsalCopy copy, IReadOnlyList<Migration> migrations, CancellationToken cancellationToken)
    {
        for (var i = 0; i < migrations.Count; i++)
        {
            options.Session.Events.Publish(new WorkAdvanced($"Replaying {migrations[i]}", i, migrations.Count, "migrations"));
            _ = await copy.RunAsync(migrations[i], MigrationDirection.Up, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task RunAsync(
        RehearsalCopy copy,
        string name,
        IReadOnlyList<string> statements,
        CancellationToken cancellationToken
    )
    {
        if (statements.Count > 0)
            _ = await copy.RunAsync(
                    GeneratedScript.Migration(name, GeneratedText.Write([], statements)),
                    MigrationDirection.Up,
                    cancellationToken
                )
                .ConfigureAwait(false);
    }

    private static async Task<SchemaSnapshot> SchemaAsync(RehearsalCopy copy, CancellationToken cancellationToken) =>
        await (await copy.SessionAsync(cancellationToken).ConfigureAwait(false))
            .Inspector.ReadSchemaAsync(cancellationToken)
            .ConfigureAwait(false);

    /// <summary>The tables that stay and have fewer rows than before.</summary>
    private static IEnumerable<string> Gone(GenerationDraft draft, IReadOnlyList<TableValues> before, IReadOnlyList<TableValues> after)
    {
        var left = after.ToDictionary(t => t.Table, t => t.Rows ?? 0, StringComparer.Ordinal);
        foreach (var table in before.Where(t => !t.IsOther))
        {
            var name =
                draft
                    .Renames.FirstOrDefault(r => r.Column is null && string.Equals(r.Table, table.Table, StringComparison.Ordinal))
                    ?.NewTable
                ?? table.Table;
            if (draft.UpNotes.Losses.Any(l => l.Column is null && string.Equals(l.Table, name, StringComparison.Ordinal)))
                continue;
            if (left.GetValueOrDefault(name) < table.Rows)
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Rows of {table.Table} are gone: {table.Rows} before, {left.GetValueOrDefault(name)} after."
                );
        }
    }

    private static IEnumerable<string> Statements(IReadOnlyList<string> statements) =>
        ["It was:\n" + GeneratedText.Write([], statements).TrimEnd()];
}
