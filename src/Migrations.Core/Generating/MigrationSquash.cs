using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;
using Migrations.Integrity;
using Migrations.Planning;
using Migrations.Running;
using Migrations.Schema;
using Migrations.Variables;

namespace Migrations.Generating;

/// <summary>
/// Folds the first migrations of a folder into one that makes the same schema and puts in the same rows: replays them on a scratch
/// database, writes down what is there, and compares it with what that file makes on another. Only what is the same there is written.
/// </summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database; its kind, and the server of the scratch databases, count. Nothing is read from it.</param>
/// <param name="source">The migration folder, with the objects that run between its files, if any: a range that has one is refused.</param>
/// <param name="options">How to read and to connect.</param>
public sealed class MigrationSquash(IDatabaseDriver driver, DatabaseTarget target, MigrationSource source, MigratorOptions? options = null)
{
    private readonly MigratorOptions _options = WithoutHooks(options ?? new MigratorOptions());
    private readonly string _root = Path.GetFullPath(
        source.Folder ?? throw new ArgumentException("The source is no folder, and only files can be folded.", nameof(source))
    );

    /// <summary>Folds migrations, or finishes what an earlier call was killed in.</summary>
    /// <exception cref="MigrationException">The folder is bad, a migration fails, or <see cref="ErrorId.ScratchUnavailable"/>.
    /// <see cref="ErrorId.GenerationRefused"/>: a file would be overwritten.</exception>
    public async Task<GeneratedMigration> RunAsync(SquashRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var read = VariableBinding.ReadFolder(source, _options.Folder, driver.Dialect, cancellationToken);
        if (read.Leftovers.Count > 0 && !request.WhatIf)
            SquashSwitch.Finish(_root, read.Leftovers);
        var input = PlanningInputReader.Of(read, [], _options);
        var last = MigrationResolver.Find(input.Migrations, request.To);
        List<Migration> range = [.. input.Migrations.Take(input.Migrations.ToList().IndexOf(last) + 1)];
        var result = new GeneratedMigration
        {
            Database = target.Display,
            Target = target,
            Service = _options.Service,
            Path = source.Name,
            Version = last.Version,
            Name = last.FullName,
            Outcome = GenerationOutcome.Refused,
            IsSquash = true,
            UndoVerdict = UndoVerdict.None,
            Replaces = [.. range.Select(m => m.FullName)],
        };
        if (range is [_])
            return result with { Outcome = GenerationOutcome.Unchanged, Replaces = [] };
        var obstacles = SquashObstacles.Of(range, driver.Dialect).ToList();
        return obstacles.Count > 0
            ? result with
            {
                Reasons = obstacles,
            }
            : await FoldAsync(read, input, range, request, result, cancellationToken).ConfigureAwait(false);
    }

    private async Task<GeneratedMigration> FoldAsync(
        MigrationFolder read,
        PlanningInput input,
        IReadOnlyList<Migration> range,
        SquashRequest request,
        GeneratedMigration result,
        CancellationToken cancellationToken
    )
    {
        var (made, statements) = await MadeAsync(read, input, range, request, cancellationToken).ConfigureAwait(false);
        if (made.Reasons.Count > 0)
            return result with { Reasons = made.Reasons };
        var version = range.LastOrDefault(m => m.Header.SemanticVersion is not null)?.Header.SemanticVersion;
        var text = (version is null ? "" : $"-- Version: {version}\n") + SquashScript.Text(range, statements);
        var file = SquashFile.Of(_root, range, request.Name, text, _options.Folder);
        var change = new SquashSwitch(_root, file, range);
        change.Demand();
        var squash = file.Read(_options.Folder, cancellationToken);
        result = result with { Name = squash.FullName, Up = file.Text };
        var named = squash.Header.Replaces.Where(r => r.By is null).Select(r => r.Name);
        if (!named.SequenceEqual(result.Replaces, StringComparer.Ordinal))
            return result with { Reasons = ["The names of the migrations cannot be written into a header so that they are read again."] };
        var again = await AgainAsync(read, input, squash, request, cancellationToken).ConfigureAwait(false);
        var differences = SchemaComparison.Compare(made.Schema!, again.Schema!);
        List<string> reasons = [.. Reasons(made, again, differences)];
        if (reasons.Count > 0)
            return result with { Reasons = reasons, Differences = differences };
        if (!request.WhatIf)
            change.Run();
        return result with
        {
            Outcome = request.WhatIf ? GenerationOutcome.WhatIf : GenerationOutcome.Written,
            Files = [change.NewFile],
            Archived = change.Archived,
        };
    }

    /// <summary>Replays the originals, and writes down what they make.</summary>
    private async Task<(SquashState State, IReadOnlyList<string> Statements)> MadeAsync(
        MigrationFolder read,
        PlanningInput input,
        IReadOnlyList<Migration> range,
        SquashRequest request,
        CancellationToken cancellationToken
    )
    {
        var copy = Copy(read, input, range, request, cancellationToken);
        await using (copy.ConfigureAwait(false))
        {
            await ReplayAsync(copy, range, cancellationToken).ConfigureAwait(false);
            var session = await copy.SessionAsync(cancellationToken).ConfigureAwait(false);
            var schema = await session.Inspector.ReadSchemaAsync(cancellationToken).ConfigureAwait(false);
            var values = await copy.ReadValuesAsync(digests: true, cancellationToken).ConfigureAwait(false);
            var script = new SquashScript(session.Inspector, driver.Changes);
            var statements = await script.WriteAsync(schema, cancellationToken).ConfigureAwait(false);
            return (new SquashState(schema, values, script.Counters) { Reasons = script.Reasons }, statements);
        }
    }

    /// <summary>Runs the one file, and looks at what that makes.</summary>
    private async Task<SquashState> AgainAsync(
        MigrationFolder read,
        PlanningInput input,
        Migration squash,
        SquashRequest request,
        CancellationToken cancellationToken
    )
    {
        var copy = Copy(read, input, [squash], request, cancellationToken);
        await using (copy.ConfigureAwait(false))
        {
            var session = await copy.SessionAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await ReplayAsync(copy, [squash], cancellationToken).ConfigureAwait(false);
            }
            catch (MigrationException e) when (e.Category is not (FailureCategory.Connection or FailureCategory.Cancelled))
            {
                return new SquashState(await session.Inspector.ReadSchemaAsync(cancellationToken).ConfigureAwait(false), [], [])
                {
                    Reasons = [$"The one file fails: {e.MessageWithPlace}"],
                };
            }

            var schema = await session.Inspector.ReadSchemaAsync(cancellationToken).ConfigureAwait(false);
            var values = await copy.ReadValuesAsync(digests: true, cancellationToken).ConfigureAwait(false);
            var counters = await new SquashScript(session.Inspector, driver.Changes)
                .CountersAsync(schema, cancellationToken)
                .ConfigureAwait(false);
            return new SquashState(schema, values, counters);
        }
    }

    private static IEnumerable<string> Reasons(SquashState made, SquashState again, IReadOnlyList<SchemaDifference> differences)
    {
        if (again.Reasons.Count > 0)
            return again.Reasons;
        if (differences.Count > 0 || !string.Equals(made.Schema.Fingerprint, again.Schema.Fingerprint, StringComparison.Ordinal))
            return ["The one file does not make the same schema."];
        return
        [
            .. made.DifferentFrom(again).Select(table => $"The one file does not make the same rows in {table}."),
            .. made.Counters.SequenceEqual(again.Counters, StringComparer.Ordinal)
                ? (string[])[]
                : ["After the one file the next numbers of sequences are not the same."],
        ];
    }

    private RehearsalCopy Copy(
        MigrationFolder read,
        PlanningInput input,
        IReadOnlyList<Migration> replayed,
        SquashRequest request,
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

    private async Task ReplayAsync(RehearsalCopy copy, IReadOnlyList<Migration> migrations, CancellationToken cancellationToken)
    {
        for (var i = 0; i < migrations.Count; i++)
        {
            _options.Session.Events.Publish(new WorkAdvanced($"Replaying {migrations[i]}", i, migrations.Count, "migrations"));
            _ = await copy.RunAsync(migrations[i], MigrationDirection.Up, cancellationToken).ConfigureAwait(false);
        }
    }

    private static MigratorOptions WithoutHooks(MigratorOptions options) =>
        options with
        {
            Folder = options.Folder with { NoHooks = true },
        };
}
