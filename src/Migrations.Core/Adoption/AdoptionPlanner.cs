using Migrations.Databases;
using Migrations.Planning;
using Migrations.Running;
using Migrations.Schema;

namespace Migrations.Adoption;

/// <summary>Finds out what taking over another tool's history would write, and proves it. Changes nothing.</summary>
/// <param name="context">The database and the folder.</param>
/// <param name="request">Which history, and how much is asked of it.</param>
internal sealed class AdoptionPlanner(RunContext context, AdoptionRequest request)
{
    private static readonly Advice SkipProof = $"To take it over without comparing, add {CallOption.SkipProof} (recorded in the history).";

    private readonly AdoptionObstacles _obstacles = new();

    /// <summary>Plans it.</summary>
    /// <exception cref="MigrationException">There is no such history, or this one has rows already.</exception>
    public async Task<AdoptionPlan> PlanAsync(IDatabaseSession session, PlanningInput input, CancellationToken cancellationToken)
    {
        DemandNoHistory(input);
        DemandOneProof();
        var source = await AdoptionSource.FindAsync(session.Foreign, request, input, cancellationToken).ConfigureAwait(false);
        var (history, reading) = (source.History, source.Reading);
        if (request.KeepInStep && !history.Tool.CanWrite)
        {
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"The history of {history} cannot be kept in step.",
                $"Omit {CallOption.KeepInStep}, and stop using the other tool."
            );
        }

        var mapping = new EntryMapping(history.Tool, reading, input);
        AddRecorded(source, mapping);
        var contents = mapping.Pairs.ToDictionary(p => p.Migration.Key, p => ContentComparison.Compare(history.Tool, p.Entry, p.Migration));
        var whole = await session.Inspector.ReadSchemaAsync(cancellationToken).ConfigureAwait(false);
        var schema = await ProveAsync(source, mapping, whole, cancellationToken).ConfigureAwait(false);
        AddContents(mapping, contents, schema.Verdict);
        return new AdoptionPlan
        {
            History = history,
            Mapping = mapping,
            Digest = source.Digest,
            Live = new SchemaScope(source.Tables).WithoutOthers(whole, new SchemaSnapshot(whole.Engine, whole.EngineVersion, [])),
            Refusal = _obstacles.Refusal(history),
            Result = Result(source, mapping, contents) with
            {
                Verdict = schema.Verdict,
                NotRun = schema.NotRun,
                Differences = schema.Differences,
                Obstacles = _obstacles.Sentences,
            },
        };
    }

    private void DemandOneProof()
    {
        if (request.SqlPath is null || (!request.SkipProof && request.Marker is null))
            return;
        throw new MigrationException(
            ErrorId.UsageInvalid,
            request.SkipProof
                ? "SQL to prove a schema with, and no proof, cannot go together."
                : "What a marker stands for is proven by its file.",
            $"Omit {CallOption.Sql}, or {(request.SkipProof ? CallOption.SkipProof : CallOption.Marker)}."
        );
    }

    private static void DemandNoHistory(PlanningInput input)
    {
        var recorded = input.History.Records.Where(r => r.IsApplied).Select(r => r.Name).ToList();
        if (recorded.Count == 0 && input.History.TakenOver is null)
            return;
        throw new PlanException(
            ErrorId.AdoptionConflict,
            input.History.TakenOver is { } before
                ? $"The history of {before.Tool} ({before.Table}) was taken over already."
                : $"This database has a history of its own: {string.Join(", ", recorded)}. Another one cannot be taken over into it.",
            $"'{Call.Status}' shows what is applied. To take an adoption back: {Call.Adopt.With(CallOption.Undo)}",
            recorded
        );
    }

    private void AddRecorded(AdoptionSource source, EntryMapping mapping)
    {
        _obstacles.Add(
            ErrorId.ForeignHistoryDirty,
            source.Reading.Problems.Select(p => char.ToUpperInvariant(p[0]) + p[1..] + "."),
            "Clear what failed with the other tool, then run the command again."
        );
        if (mapping.Pairs.Count == 0 && mapping.UnmatchedEntries.Count == 0)
            _obstacles.Add(
                ErrorId.ForeignHistoryMissing,
                ["It records no migration as applied."],
                $"Nothing need be taken over: {Call.Up.With(CallOption.IgnoreForeignHistory)}"
            );
        if (request.AllowUnmatched)
            return;
        _obstacles.Add(
            ErrorId.AdoptionUnmatched,
            source.History.Tool.IsCode ? [] : mapping.UnmatchedEntries.Select(e => $"It records {e}, which no file of the folder is."),
            $"Is this the right folder? Specify another one with {CallOption.Path}, or restore the files; "
                + $"or take over the rest with {CallOption.AllowUnmatched}."
        );
        _obstacles.Add(
            ErrorId.AdoptionUnmatched,
            mapping.UnmatchedFiles.Select(m => $"It does not record {m}, although newer ones are recorded."),
            $"Apply those with the other tool first; or leave them pending with {CallOption.AllowUnmatched}."
        );
    }

    private async Task<SchemaVerdict> ProveAsync(
        AdoptionSource source,
        EntryMapping mapping,
        SchemaSnapshot live,
        CancellationToken cancellationToken
    )
    {
        var proof = new SchemaProof(context, request);
        if (request.SqlPath is { } sql)
        {
            var files = SqlFiles.Find(sql);
            return await CompareAsync(
                    () => proof.CompareAsync(files, live, source.Tables, cancellationToken),
                    difference => DifferenceOrigin.Describe(difference, sql)
                )
                .ConfigureAwait(false);
        }

        if (mapping.Pairs.Count == 0)
            return SchemaVerdict.NotRunBecause("none of the recorded migrations has a file to replay");
        if (mapping.UnmatchedEntries.Count > 0)
            return SchemaVerdict.NotRunBecause("recorded migrations have no file to replay");
        if (request.SkipProof)
        {
            _obstacles.Add(
                ErrorId.AdoptionUnproven,
                mapping.Pairs.Where(p => p.Entry.IsInferred).Select(p => $"{p.Migration} is only inferred from {p.Entry}.").Take(1),
                $"What is not recorded must be proven: omit {CallOption.SkipProof} (with {CallOption.ScratchDatabase}, on another server); "
                    + $"or record it without a history: {Call.Baseline.On("<version>")}"
            );
            return SchemaVerdict.NotRunBecause("the proof was skipped");
        }

        return await CompareAsync(
                () => proof.CompareAsync([.. mapping.Pairs.Select(p => p.Migration)], live, source.Tables, cancellationToken),
                new DifferenceOrigin(context.Driver.Dialect, mapping).Describe
            )
            .ConfigureAwait(false);
    }

    private async Task<SchemaVerdict> CompareAsync(
        Func<Task<IReadOnlyList<SchemaDifference>>> compare,
        Func<SchemaDifference, string> describe
    )
    {
        try
        {
            var differences = await compare().ConfigureAwait(false);
            _obstacles.Add(
                ErrorId.AdoptionUnproven,
                differences.Select(describe),
                "Correct the database, or what the other tool records, and run the command again. " + SkipProof
            );
            return new(differences.Count == 0 ? AdoptionVerdict.Proven : AdoptionVerdict.Different, NotRun: null, differences);
        }
        catch (MigrationException e) when (e.Category is not (FailureCategory.Cancelled or FailureCategory.Connection))
        {
            _obstacles.Add(
                ErrorId.AdoptionUnproven,
                [$"The recorded migrations could not be replayed on a scratch database: {e.MessageWithPlace}"],
                $"{e.NextStep} {SkipProof}"
            );
            return SchemaVerdict.NotRunBecause(e.MessageWithPlace);
        }
    }

    /// <summary>An edited file is no obstacle where its replay makes what the database has.</summary>
    private void AddContents(EntryMapping mapping, Dictionary<MigrationKey, ContentMatch> contents, AdoptionVerdict verdict)
    {
        var edited = mapping.Pairs.Select(p => p.Migration).Where(m => contents[m.Key] == ContentMatch.Different).ToList();
        var sentences = edited.Select(m => $"{m} was edited since: its checksum is not the recorded one.");
        if (verdict != AdoptionVerdict.Proven && !request.SkipProof)
            _obstacles.Add(ErrorId.AdoptionUnproven, sentences, "Restore the files that ran. " + SkipProof);
        else
            foreach (var sentence in sentences)
                context.Warn(sentence);
    }

    private AdoptionResult Result(AdoptionSource source, EntryMapping mapping, Dictionary<MigrationKey, ContentMatch> contents) =>
        new()
        {
            Database = context.Target.Display,
            Target = context.Target,
            Service = context.Options.Service,
            Path = context.Folder,
            Tool = source.History.Name,
            Title = source.History.Title,
            Table = source.History.TableName,
            IsKeptInStep = request.KeepInStep,
            SqlPath = request.SqlPath,
            Pending = [.. mapping.Pending.Select(m => m.FullName)],
            UnmatchedEntries = [.. mapping.UnmatchedEntries.Select(e => e.Text)],
            UnmatchedFiles = [.. mapping.UnmatchedFiles.Select(m => m.FullName)],
            Migrations =
            [
                .. mapping.Pairs.Select(p => new AdoptedMigration
                {
                    Name = p.Migration.FullName,
                    Version = p.Migration.Version,
                    RecordedAs = p.Entry.Text,
                    IsInferred = p.Entry.IsInferred,
                    AppliedAt = p.Entry.AppliedAt,
                    Content = contents[p.Migration.Key],
                    File = p.Migration.Up.File,
                }),
            ],
        };

    private sealed record SchemaVerdict(AdoptionVerdict Verdict, string? NotRun, IReadOnlyList<SchemaDifference> Differences)
    {
        public static SchemaVerdict NotRunBecause(string reason) => new(AdoptionVerdict.NotRun, reason, []);
    }
}
