using Migrations.Databases;
using Migrations.Foreign;
using Migrations.History;
using Migrations.Planning;
using Migrations.Running;

namespace Migrations.Adoption;

/// <summary>Takes an adoption back: the other tool's table gets what happened since, and the history is removed.</summary>
/// <param name="context">The database and the folder.</param>
internal sealed class AdoptionUndo(RunContext context)
{
    /// <summary>What the other tool's table needs.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.AdoptionMissing"/>; or <see cref="ErrorId.AdoptionOutdated"/>: the table
    /// cannot be written, or other services have their histories in the same table.</exception>
    public async Task<AdoptionUndoResult> PlanAsync(IDatabaseSession session, PlanningInput input, CancellationToken cancellationToken)
    {
        var takenOver =
            input.History.TakenOver
            ?? throw new MigrationException(
                ErrorId.AdoptionMissing,
                "No other tool's history was taken over into this database, so there is no adoption to take back.",
                $"'{Call.History}' shows what was recorded."
            );
        if (input.History.IsShared)
        {
            throw new MigrationException(
                ErrorId.AdoptionOutdated,
                "Other services keep their histories in the same table, which would be removed with this one's.",
                $"Give the services history tables of their own ({CallOption.HistoryTable}), then take the adoption back."
            );
        }

        var tool = ForeignTools.Of(takenOver.Tool);
        var statements =
            takenOver.IsKeptInStep || tool is null
                ? []
                : await StatementsAsync(session, input, takenOver, tool, cancellationToken).ConfigureAwait(false);
        return new AdoptionUndoResult
        {
            Database = context.Target.Display,
            Target = context.Target,
            Service = context.Options.Service,
            Path = context.Folder,
            Title = tool?.Title ?? takenOver.Tool,
            Table = takenOver.Table,
            Statements = statements,
        };
    }

    /// <summary>Takes it back.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.AdoptionOutdated"/>: something happened since, and the other tool's table
    /// must not be written.</exception>
    public async Task<AdoptionUndoResult> RunAsync(
        IDatabaseSession session,
        PlanningInput input,
        bool writeBack,
        CancellationToken cancellationToken
    )
    {
        var planned = await PlanAsync(session, input, cancellationToken).ConfigureAwait(false);
        if (planned.Statements.Count > 0 && !writeBack)
        {
            throw new MigrationException(
                ErrorId.AdoptionOutdated,
                $"Migrations were applied or rolled back since the history of {planned.Title} was taken over, and {planned.Table} does not "
                    + $"have that: {string.Join("; ", planned.Statements)}.",
                $"Write it there and take the adoption back in one transaction: "
                    + $"{Call.Adopt.With(CallOption.Undo).With(CallOption.WriteBack)}"
            );
        }

        if (input.History.Stamp is { } stamp)
            context.Warn($"The stamp '{stamp}' was in the history, and is removed with it.");
        var run = await session.BeginRunAsync([], cancellationToken).ConfigureAwait(false);
        await using (run.ConfigureAwait(false))
        {
            var foreign = session.Foreign;
            await foreign.ExecuteAsync([.. planned.Statements, foreign.DropHistory], cancellationToken).ConfigureAwait(false);
            await run.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        return planned with
        {
            IsWritten = true,
        };
    }

    private static async Task<IReadOnlyList<string>> StatementsAsync(
        IDatabaseSession session,
        PlanningInput input,
        TakeOver takenOver,
        ForeignTool tool,
        CancellationToken cancellationToken
    )
    {
        var changes = Changes(input, takenOver);
        if (changes.Count == 0)
            return [];
        var table = await TakeOverWatch.FindTableAsync(session.Foreign, takenOver, cancellationToken).ConfigureAwait(false);
        if (table is null || !tool.CanWrite)
        {
            throw new MigrationException(
                ErrorId.AdoptionOutdated,
                $"Since the history of {tool.Title} was taken over, this happened: "
                    + $"{string.Join(", ", changes.Select(c => $"{c.Migration} {(c.IsApplied ? "applied" : "rolled back")}"))}. "
                    + (table is null ? $"Its table {takenOver.Table} is gone." : $"Rows of {takenOver.Table} cannot be written."),
                $"Roll back what was applied since with '{Call.Down}', then take the adoption back; or go on with this tool."
            );
        }

        var rows = await session.Foreign.ReadAsync(table, cancellationToken).ConfigureAwait(false);
        var written = new WrittenTable(table, rows);
        return
        [
            .. changes.SelectMany(c =>
                c.IsApplied ? tool.Record(written, c.Migration, c.Highest) : tool.Remove(written, c.Migration, c.Highest)
            ),
        ];
    }

    /// <summary>What happened since that still holds, in order: what was taken back first, the newest of it before the others.</summary>
    private static List<(Migration Migration, bool IsApplied, MigrationVersion? Highest)> Changes(PlanningInput input, TakeOver takenOver)
    {
        var highest = input.History.HighestApplied;
        var gone = input
            .Migrations.Where(m => input.RecordOf(m) is { IsApplied: false, IsAdopted: true })
            .Reverse()
            .Select(m => (m, false, highest));
        var applied = input
            .Migrations.Where(m => input.RecordOf(m) is { FirstApplied: { } first } && first.Id > takenOver.Id)
            .Select(m => (m, true, highest));
        return [.. gone, .. applied];
    }
}
