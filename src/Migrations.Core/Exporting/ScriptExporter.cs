using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Migrations.Databases;
using Migrations.Folders;
using Migrations.History;
using Migrations.Planning;
using Migrations.Running;
using Migrations.Sql;

namespace Migrations.Exporting;

/// <summary>Writes the steps of a plan as a script that an engine's own client runs.</summary>
/// <param name="context">The database and the migrations; its secret variables have words in place of their values.</param>
/// <param name="request">Which script.</param>
/// <param name="secrets">The names of the secret variables, by those words.</param>
internal sealed class ScriptExporter(RunContext context, ScriptRequest request, IReadOnlyDictionary<string, string> secrets)
{
    private readonly JournalRecorder _recorder = context.NewRecorder();

    private ISqlDialect Dialect => context.Driver.Dialect;

    /// <summary>Writes it.</summary>
    /// <exception cref="MigrationException">The run would be refused, or the script cannot be written for this client; then nothing was
    /// written.</exception>
    public async Task<ExportedScript> WriteAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var clients = context.Driver as IClientScripts;
        var client = request.Client ?? clients?.Clients[0] ?? ScriptClient.Plain;
        Demand(clients, client);
        var read = context.ReadFolder(cancellationToken);
        var session = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = (session ?? (IAsyncDisposable)new NoSession()).ConfigureAwait(false);
        var input = session is null
            ? PlanningInputReader.Of(read, [], context.Options)
            : await context.ReadInputAsync(session, read, cancellationToken).ConfigureAwait(false);
        if (request.Undo is not null && session is not null)
            (await session.History.FindAllAsync(cancellationToken).ConfigureAwait(false)).Demand(context.Options.Stamp, context.Target);
        var planned = Plan(input, read, cancellationToken);
        var place = await PlaceAsync(client, session, cancellationToken).ConfigureAwait(false);
        var losses = await WarnAsync(session, planned, cancellationToken).ConfigureAwait(false);
        var parts = new ScriptParts(Dialect, _recorder, client, await MirrorAsync(client, session, input).ConfigureAwait(false)).Of(
            planned,
            context.HooksOf(planned.Plan)
        );
        var script = await clients.OpenScriptAsync(place, output, cancellationToken).ConfigureAwait(false);
        Write(script, client, planned.Plan, parts, losses, cancellationToken);
        return Result(client, planned.Plan, script);
    }

    private void Demand([NotNull] IClientScripts? clients, ScriptClient client)
    {
        if (clients is null || !clients.Clients.Contains(client))
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"{client.Word()} does not run scripts for {context.Driver.Engine}.",
                $"Clients for {context.Driver.Engine}: {string.Join(", ", (clients?.Clients ?? []).Select(c => c.Word()))}."
            );
    }

    private async Task<IDatabaseSession?> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await context.OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseMissing && context.Driver.Creator.IsImplicit && request.Undo is null)
        {
            return null;
        }
    }

    private PlannedRun Plan(PlanningInput input, MigrationFolder read, CancellationToken cancellationToken)
    {
        var plan = request.Undo is null ? ApplyPlanner.Plan(input, request.Apply) : UndoPlanner.Plan(input, request.Undo);
        plan = context.WithHooks(plan, read, cancellationToken);
        ExportObstacles.Demand(plan, input.History);
        return new PlannedRun(plan, context.Analyze(plan, input.History), input.History);
    }

    private async Task<IReadOnlyList<string>> WarnAsync(IDatabaseSession? session, PlannedRun planned, CancellationToken cancellationToken)
    {
        foreach (var warning in planned.Plan.Warnings)
            context.Warn(warning);
        foreach (var skip in planned.Plan.Skipped)
            context.Warn($"{skip.Migration} is skipped: it {skip.Reason}.");
        if (session is null)
            return [];
        var losses = await LossForecaster
            .FindAsync(session.Inspector, planned.Plan, planned.Analyses, context.HooksOf(planned.Plan), cancellationToken)
            .ConfigureAwait(false);
        List<Advice> sentences = [.. losses.SelectMany(l => l.Sentences()).Select(s => Advice.Of($"{s}."))];
        foreach (var sentence in sentences)
            context.Warn(sentence);
        return [.. sentences.Select(s => s.ToString())];
    }

    private async Task<ClientScriptPlace> PlaceAsync(ScriptClient client, IDatabaseSession? session, CancellationToken cancellationToken)
    {
        var service = context.Options.Service;
        IReadOnlyList<JournalEntry> entries = session is null
            ? []
            : await session.History.ReadAsync(cancellationToken).ConfigureAwait(false);
        List<JournalEntry> own =
        [
            .. entries.Where(e =>
                e.IsOfMigration
                && e.Event != JournalEvent.Rehearsed
                && (e.Service is null || string.Equals(e.Service, service, StringComparison.Ordinal))
            ),
        ];
        return new ClientScriptPlace
        {
            Client = client,
            IsIdempotent = request.IsIdempotent,
            Target = context.Target,
            Session = session,
            Options = context.Options.Session,
            Service = service,
            Last = own.LastOrDefault(),
            Rows = own.Count,
            Secrets = secrets,
        };
    }

    private async Task<StepMirror?> MirrorAsync(ScriptClient client, IDatabaseSession? session, PlanningInput input)
    {
        var found = session is null
            ? null
            : await StepMirror.FindAsync(session.Foreign, input.History, CancellationToken.None).ConfigureAwait(false);
        return found is null && client == ScriptClient.D1 ? WranglerFolder.MirrorOf(context.Source.Folder, input.History) : found;
    }

    private void Write(
        IClientScript script,
        ScriptClient client,
        MigrationPlan plan,
        IReadOnlyList<ClientScriptPart> parts,
        IReadOnlyList<string> losses,
        CancellationToken cancellationToken
    )
    {
        List<FileProblem> problems = [.. parts.SelectMany(script.Check).Distinct()];
        if (problems.Count > 0)
            throw new FolderException(context.Folder, problems);
        script.WriteHead(new ClientScriptHead(Comments(client, plan, losses), plan.Direction, [.. plan.Steps.Select(s => s.Migration)]));
        foreach (var part in parts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            script.Write(part);
        }

        script.WriteEnd();
    }

    private List<string> Comments(ScriptClient client, MigrationPlan plan, IReadOnlyList<string> losses)
    {
        var now = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var verb = plan.Direction == MigrationDirection.Up ? "Applies" : "Rolls back";
        var names = plan.Steps.Count == 0 ? "nothing" : string.Join(", ", plan.Steps.Select(s => s.Migration));
        return
        [
            $"Made by Migrations {JournalRecorder.ToolVersion} on {now} UTC, for {client.Word()} and {context.Target.Display}.",
            $"{verb}: {names}.",
            .. losses.Select(l => $"Warning: {l}"),
        ];
    }

    private ExportedScript Result(ScriptClient client, MigrationPlan plan, IClientScript script) =>
        new()
        {
            Database = context.Target.Display,
            Service = context.Options.Service,
            Client = client,
            Direction = plan.Direction,
            IsIdempotent = request.IsIdempotent,
            Migrations = [.. plan.Steps.Select(s => s.Migration.FullName)],
            Secrets = script.Secrets,
        };

    private sealed class NoSession : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
