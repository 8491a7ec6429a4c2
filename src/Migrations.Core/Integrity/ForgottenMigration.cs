using Migrations.Databases;
using Migrations.History;
using Migrations.Planning;
using Migrations.Running;
using Migrations.Schema;

namespace Migrations.Integrity;

/// <summary>
/// Finds the migration that is to be marked as not applied, and makes sure that nothing of it is left in the schema: the next run would
/// apply it again. What it makes is what a replay has after it and not before.
/// </summary>
internal static class ForgottenMigration
{
    private static readonly Advice SkipIt = $"or mark it without comparing: {CallOption.SkipComparison}";

    /// <summary>Finds it.</summary>
    /// <returns>What the history says of it, and what was compared; null when none is named.</returns>
    /// <exception cref="MigrationException">None has that name, it is not applied, something of it is left, or what it makes cannot be
    /// found out.</exception>
    public static async Task<(HistoryRecord Record, string Compared)?> FindAsync(
        RunContext context,
        IDatabaseSession session,
        PlanningInput input,
        RepairRequest request,
        CancellationToken cancellationToken
    )
    {
        if (request.Forget is not { } name)
            return null;
        if (FolderIdentity.Find(input) is { } other)
            throw other;
        var (record, file) = Find(input, name);
        var said = $"Marked as not applied: it was applied {RepairText.At(record.FirstApplied!)} by {record.FirstApplied!.AppliedBy}; ";
        if (request.SkipComparison)
            return (record, said + "the schema was not compared.");
        if (file is null)
            throw Unknown(record, "its file is missing from the folder.");
        if (record.IsBaseline || record.IsInSnapshot)
            throw Unknown(record, "it counts as applied since a baseline or a take-over, and never ran here.");
        var (before, after) = await ReplayAsync(context, session, input, record, request.ScratchServer, cancellationToken)
            .ConfigureAwait(false);
        var live = await session.Inspector.ReadSchemaAsync(cancellationToken).ConfigureAwait(false);
        var changes = SchemaComparison.Compare(before, after);
        var left = changes.Where(c => IsLeft(c, live)).Select(c => $"{SchemaWords.Of(c.ObjectType)} {c.Name}").ToList();
        if (left.Count > 0)
            throw Left(record, left);
        return (
            record,
            said
                + (
                    changes.Count == 0
                        ? "it makes no change to the schema that could be compared; what it did to rows was not."
                        : "the schema has nothing of it."
                )
        );
    }

    private static (HistoryRecord Record, Migration? File) Find(PlanningInput input, string name)
    {
        if (input.Missing.FirstOrDefault(r => string.Equals(r.Name, name, StringComparison.OrdinalIgnoreCase)) is { } missing)
            return (missing, null);
        var migration = MigrationResolver.Find(input.Migrations, name);
        return input.RecordOf(migration) is { IsApplied: true } record
            ? (record, migration)
            : throw new PlanException(
                ErrorId.MigrationNotApplied,
                $"{migration} is not applied, so there is nothing to forget.",
                $"'{Call.Status}' shows what is applied.",
                [migration.FullName]
            );
    }

    private static async Task<(SchemaSnapshot Before, SchemaSnapshot After)> ReplayAsync(
        RunContext context,
        IDatabaseSession session,
        PlanningInput input,
        HistoryRecord record,
        DatabaseTarget? server,
        CancellationToken cancellationToken
    )
    {
        var scratch = new ScratchRequest
        {
            Origin = context.Target,
            Server = server,
            Session = context.Options.Session,
        };
        var expected = new ExpectedSchema(context.Driver, context.Options, scratch);
        try
        {
            return (
                await expected.OfAppliedAsync(input, session.History, Place(record) - 1, cancellationToken).ConfigureAwait(false),
                await expected.OfAppliedAsync(input, session.History, Place(record), cancellationToken).ConfigureAwait(false)
            );
        }
        catch (MigrationException e) when (e.Category is not (FailureCategory.Cancelled or FailureCategory.Connection))
        {
            throw Unknown(record, e.Message);
        }
    }

    private static long Place(HistoryRecord record) => record.FirstApplied!.Id;

    /// <summary>Whether a change that it makes is still in the schema. What later migrations made of it counts as that too.</summary>
    private static bool IsLeft(SchemaDifference change, SchemaSnapshot live)
    {
        var found = live.Objects.FirstOrDefault(o =>
            o.Type == change.ObjectType && string.Equals(o.Name, change.Name, StringComparison.Ordinal)
        );
        return change.Kind switch
        {
            DifferenceKind.Added => found is not null,
            DifferenceKind.Removed => found is null,
            _ => found is not null && !string.Equals(found.Definition, change.Left, StringComparison.Ordinal),
        };
    }

    private static PlanException Left(HistoryRecord record, List<string> left) =>
        new(
            ErrorId.ForgetRefused,
            $"The schema still has what {record.Name} made: {string.Join(", ", left)}. It stays applied.",
            $"Roll it back: {Call.Down.On(record.Name)}; or remove that by hand and run the command again; {SkipIt}",
            [record.Name]
        );

    private static PlanException Unknown(HistoryRecord record, string why) =>
        new(
            ErrorId.ForgetRefused,
            $"What {record.Name} made cannot be found out, so it stays applied: {why}",
            $"Fix that and run the command again; {SkipIt}",
            [record.Name]
        );
}
