using Migrations.Databases;
using Migrations.Schema;

namespace Migrations.Integrity;

/// <summary>Rehearses one migration: up, down, compare, up again, compare.</summary>
/// <param name="copy">The scratch copy.</param>
/// <param name="migration">The migration.</param>
/// <param name="database">The database as shown to people.</param>
internal sealed class RehearsalOfOne(RehearsalCopy copy, Migration migration, string database)
{
    /// <summary>Rehearses it. The copy has it applied afterwards, whatever its undo did.</summary>
    public async Task<RehearsalResult> RunAsync(CancellationToken cancellationToken)
    {
        var before = await SchemaAsync(cancellationToken).ConfigureAwait(false);
        var result = new RehearsalResult { Database = database, Version = migration.Version, Name = migration.FullName, Applies = false, WithData = copy.HasData };
        try
        {
            var up = await copy.RunAsync(migration, MigrationDirection.Up, cancellationToken).ConfigureAwait(false);
            result = result with
            {
                Applies = true,
                Duration = up.Outcome.Duration,
                Statements = up.Outcome.Statements,
                RowsChanged = up.RowsChanged,
                Locks = up.Locks,
                Rewrites = up.Rewrites,
            };
            if (up.LeftOut.Count > 0)
                return NotRun(result with { Applies = false }, up.LeftOut[0]);
        }
        catch (MigrationException e) when (e.Category is not (FailureCategory.Connection or FailureCategory.Cancelled))
        {
            return e.Id == ErrorId.ReachesBeyondCopy ? NotRun(result, e) : result with { Failure = e };
        }

        var after = await SchemaAsync(cancellationToken).ConfigureAwait(false);
        result = result with { ObjectsChanged = SchemaComparison.Compare(before, after) };
        if (!migration.HasUndo)
            return result;
        result = await UndoAsync(result, before, cancellationToken).ConfigureAwait(false);
        return result.UndoProven == true ? await AgainAsync(result, after, cancellationToken).ConfigureAwait(false) : await RemadeAsync(result, cancellationToken).ConfigureAwait(false);
    }

    private async Task<RehearsalResult> UndoAsync(RehearsalResult result, SchemaSnapshot before, CancellationToken cancellationToken)
    {
        var held = await ContentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var down = await copy.RunAsync(migration, MigrationDirection.Down, cancellationToken).ConfigureAwait(false);
            if (down.LeftOut.Count > 0)
                return NotRun(result, down.LeftOut[0]);
            var differences = SchemaComparison.Compare(before, await SchemaAsync(cancellationToken).ConfigureAwait(false));
            return result with
            {
                UndoProven = differences.Count == 0,
                UndoDuration = down.Outcome.Duration,
                Differences = differences,
                RowsLost = Lost(held, await ContentAsync(cancellationToken).ConfigureAwait(false)),
            };
        }
        catch (MigrationException e) when (e.Category is not (FailureCategory.Connection or FailureCategory.Cancelled))
        {
            return Failed(result, e);
        }
    }

    /// <summary>An undo is proven only when the migration can be applied on what it left, with the same outcome.</summary>
    private async Task<RehearsalResult> AgainAsync(RehearsalResult result, SchemaSnapshot after, CancellationToken cancellationToken)
    {
        try
        {
            _ = await copy.RunAsync(migration, MigrationDirection.Up, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Category is not (FailureCategory.Connection or FailureCategory.Cancelled))
        {
            return await RemadeAsync(Failed(result, e), cancellationToken).ConfigureAwait(false);
        }

        var differences = SchemaComparison.Compare(after, await SchemaAsync(cancellationToken).ConfigureAwait(false));
        return differences.Count == 0 ? result : await RemadeAsync(result with { UndoProven = false, Differences = differences }, cancellationToken).ConfigureAwait(false);
    }

    private static RehearsalResult Failed(RehearsalResult result, MigrationException failure) =>
        failure.Id == ErrorId.ReachesBeyondCopy ? NotRun(result, failure) : result with { UndoProven = false, Failure = failure };

    private static RehearsalResult NotRun(RehearsalResult result, MigrationException why) => result with { UndoProven = null, NotRun = why.Message, Failure = why };

    private async Task<RehearsalResult> RemadeAsync(RehearsalResult result, CancellationToken cancellationToken)
    {
        await copy.RemakeAsync(migration, cancellationToken).ConfigureAwait(false);
        return result;
    }

    private async Task<SchemaSnapshot> SchemaAsync(CancellationToken cancellationToken) =>
        await (await copy.SessionAsync(cancellationToken).ConfigureAwait(false)).Inspector.ReadSchemaAsync(cancellationToken).ConfigureAwait(false);

    private async Task<IReadOnlyList<TableContent>> ContentAsync(CancellationToken cancellationToken) =>
        await (await copy.SessionAsync(cancellationToken).ConfigureAwait(false)).Inspector.ReadContentAsync(digests: false, cancellationToken).ConfigureAwait(false);

    private static List<TableContent> Lost(IReadOnlyList<TableContent> before, IReadOnlyList<TableContent> after)
    {
        var left = after.ToDictionary(t => t.Table, t => t.Rows ?? 0, StringComparer.Ordinal);
        return [.. before.Select(t => t with { Rows = t.Rows - left.GetValueOrDefault(t.Table) }).Where(t => t.Rows > 0)];
    }
}
