using Migrations.Databases;
using Migrations.Foreign;
using Migrations.History;
using Migrations.Planning;

namespace Migrations.Adoption;

/// <summary>Notices that the other tool is still used after its history was taken over, or would apply again what was applied
/// here.</summary>
internal static class TakeOverWatch
{
    /// <summary>The warning; null where there is nothing to warn of. Without an adoption nothing is read.</summary>
    public static async Task<Advice?> FindAsync(IDatabaseSession session, PlanningInput input, CancellationToken cancellationToken)
    {
        if (input.History.TakenOver is not { Digest: not null } takenOver || ForeignTools.Find(takenOver.Tool) is not { } tool)
            return null;
        var table = await FindTableAsync(session.Foreign, takenOver, cancellationToken).ConfigureAwait(false);
        if (table is null)
            return null;
        var rows = await session.Foreign.ReadAsync(table, cancellationToken).ConfigureAwait(false);
        var recorded = new EntryMapping(tool, tool.Read(rows), input).Pairs.Select(p => p.Migration).ToList();
        var unknown = recorded.Where(m => input.RecordOf(m) is not { IsApplied: true }).ToList();
        var since = input
            .Migrations.Where(m => input.RecordOf(m) is { FirstApplied: { } first } && first.Id > takenOver.Id && m.Version is not null)
            .Where(m => !recorded.Contains(m))
            .ToList();
        return takenOver.IsKeptInStep
            ? OutOfStep(tool, table, unknown, since)
            : Changed(tool, table, takenOver, AdoptionSource.DigestOf(rows), unknown) ?? Behind(tool, table, since);
    }

    /// <summary>The table of a history that was taken over; null when it is gone.</summary>
    public static async Task<ForeignTable?> FindTableAsync(IForeignTables tables, TakeOver takenOver, CancellationToken cancellationToken)
    {
        var name = takenOver.Table[(takenOver.Table.LastIndexOf('.') + 1)..];
        var found = await tables.FindAsync([name], cancellationToken).ConfigureAwait(false);
        return found.FirstOrDefault(t => string.Equals(t.Display, takenOver.Table, StringComparison.Ordinal));
    }

    private static Advice? Changed(
        ForeignTool tool,
        ForeignTable table,
        TakeOver takenOver,
        string digest,
        IReadOnlyList<Migration> unknown
    ) =>
        string.Equals(digest, takenOver.Digest, StringComparison.Ordinal)
            ? null
            : Advice.Of(
                $"The table {table.Display} was changed after the history of {tool.Title} was taken over: that tool is still in use."
                    + $"{(unknown.Count == 0 ? "" : $" It records {string.Join(", ", unknown)}, which is not applied here.")}"
                    + $" Use one tool only; to take the history over again: {Call.Adopt.With(CallOption.Undo)}, then {Call.Adopt}."
            );

    private static Advice? Behind(ForeignTool tool, ForeignTable table, IReadOnlyList<Migration> since) =>
        since.Count == 0 || (tool.IsCode && !tool.CanWrite)
            ? null
            : Advice.Of(
                $"{tool.Title} would apply {string.Join(", ", since)} again, because {table.Display} does not have "
                    + $"{(since.Count == 1 ? "it" : "them")}. Where it still runs, keep it in step: "
                    + $"{Call.Adopt.With(CallOption.Undo).With(CallOption.WriteBack)}, then "
                    + $"{Call.Adopt.With(CallOption.KeepInStep)}. Where it does not, drop its table."
            );

    private static Advice? OutOfStep(
        ForeignTool tool,
        ForeignTable table,
        IReadOnlyList<Migration> unknown,
        IReadOnlyList<Migration> since
    ) =>
        unknown.Count == 0 && since.Count == 0
            ? null
            : $"The table {table.Display} of {tool.Title} is not in step with this history:"
                + (unknown.Count == 0 ? "" : $" it records {string.Join(", ", unknown)}, which is not applied here.")
                + (since.Count == 0 ? "" : $" it lacks {string.Join(", ", since)}, which is applied here.")
                + " Use one tool only.";
}
