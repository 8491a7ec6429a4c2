using Migrations.Databases;
using Migrations.Schema;

namespace Migrations.Integrity;

/// <summary>
/// Rehearses one migration: up, down, compare, up again, compare. Where hooks run around migrations, its undo and its up run once more with
/// them: what is compared is the migration's alone.
/// </summary>
/// <param name="copy">The scratch copy.</param>
/// <param name="migration">The migration.</param>
/// <param name="database">The database as shown to people.</param>
internal sealed class RehearsalOfOne(RehearsalCopy copy, Migration migration, string database)
{
    private readonly ValueReach _reach = ValueReach.Of(copy.Dialect, migration);

    // With its hooks, as all that were applied before.
    private bool _isRemade;

    /// <summary>Rehearses it. The copy has it applied afterwards, whatever its undo did.</summary>
    public async Task<RehearsalResult> RunAsync(CancellationToken cancellationToken)
    {
        var result = new RehearsalResult
        {
            Database = database,
            Version = migration.Version,
            Name = migration.FullName,
            Applies = false,
            Hooks = copy.Hooks.Names,
            HooksSkipped = copy.Hooks.Skipped,
        };
        try
        {
            await copy.BeforeAsync(migration, MigrationDirection.Up, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (IsFault(e))
        {
            return IsNotRun(e) ? NotRun(result, e) : result with { Failure = e };
        }

        result = await AloneAsync(
                result with
                {
                    WithData = copy.HasData,
                    RanCode = copy.RunsCode && (migration.IsCode || copy.Hooks.RunCode),
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return result.IsGood && !_isRemade ? await SurroundedAsync(result, cancellationToken).ConfigureAwait(false) : result;
    }

    /// <summary>The rest of a run with its hooks, and an undo with its own.</summary>
    private async Task<RehearsalResult> SurroundedAsync(RehearsalResult result, CancellationToken cancellationToken)
    {
        try
        {
            await copy.AfterAsync(migration, MigrationDirection.Up, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (IsFault(e))
        {
            return IsNotRun(e) ? NotRun(result, e) : result with { Applies = false, Failure = e };
        }

        if (!migration.HasUndo || !copy.Hooks.SurroundUndo)
            return result;
        try
        {
            foreach (var direction in (MigrationDirection[])[MigrationDirection.Down, MigrationDirection.Up])
            {
                await copy.BeforeAsync(migration, direction, cancellationToken).ConfigureAwait(false);
                _ = await copy.RunAsync(migration, direction, cancellationToken).ConfigureAwait(false);
                await copy.AfterAsync(migration, direction, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (MigrationException e) when (IsFault(e))
        {
            return await RemadeAsync(Failed(result, e), cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    private async Task<RehearsalResult> AloneAsync(RehearsalResult result, CancellationToken cancellationToken)
    {
        var before = await SchemaAsync(cancellationToken).ConfigureAwait(false);
        var values =
            migration.HasUndo && _reach.MayChange ? await copy.ReadValuesAsync(digests: true, cancellationToken).ConfigureAwait(false) : [];
        try
        {
            var up = await copy.RunAsync(migration, MigrationDirection.Up, cancellationToken).ConfigureAwait(false);
            result = result with
            {
                Applies = true,
                UndoVerdict = migration.HasUndo ? UndoVerdict.NotRun : UndoVerdict.None,
                Duration = up.Outcome.Duration,
                Statements = up.Outcome.Statements,
                RowsChanged = up.RowsChanged,
                Locks = up.Locks,
                Rewrites = up.Rewrites,
                ObjectsLost = up.Outcome.ObjectsLost,
                Failure = Refused(up.Outcome.ObjectsLost),
            };
            if (up.LeftOut.Count > 0)
                return NotRun(result with { Applies = false }, up.LeftOut[0]);
        }
        catch (MigrationException e) when (IsFault(e))
        {
            return IsNotRun(e) ? NotRun(result, e) : result with { Failure = e };
        }

        var after = await SchemaAsync(cancellationToken).ConfigureAwait(false);
        result = result with { ObjectsChanged = SchemaComparison.Compare(before, after) };
        if (!migration.HasUndo)
            return result;
        result = await UndoAsync(result, new UndoComparison(_reach, before, after, values), cancellationToken).ConfigureAwait(false);
        return result.UndoVerdict is UndoVerdict.Proven or UndoVerdict.SameButColumnOrder or UndoVerdict.SchemaOnly
            ? await AgainAsync(result, after, cancellationToken).ConfigureAwait(false)
            : await RemadeAsync(result, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A run only warns of these: who rehearses can still put them into the script.</summary>
    private MigrationException? Refused(IReadOnlyList<LostObject> lost) =>
        lost.FirstOrDefault(l => l.Weight == LostObjectWeight.Unrehearsed) is not { } first
            ? null
            : new MigrationException(
                ErrorId.ObjectsLost,
                LostObjectText.Warning(migration.FullName, first),
                "Add the statement to the script; or drop the object explicitly with DROP, or accept the loss with '-- "
                    + "Objects-Lost: allowed' in the header."
            )
            {
                Location = new ScriptLocation(migration.Up.File, migration.Up.FirstLine),
            };

    private async Task<RehearsalResult> UndoAsync(RehearsalResult result, UndoComparison comparison, CancellationToken cancellationToken)
    {
        var held = await copy.ReadValuesAsync(digests: false, cancellationToken).ConfigureAwait(false);
        try
        {
            var down = await copy.RunAsync(migration, MigrationDirection.Down, cancellationToken).ConfigureAwait(false);
            if (down.LeftOut.Count > 0)
                return NotRun(result, down.LeftOut[0]);
            var left = await copy.ReadValuesAsync(_reach.MayChange, cancellationToken).ConfigureAwait(false);
            return comparison.Judge(result, await SchemaAsync(cancellationToken).ConfigureAwait(false), left, down.RowsChanged) with
            {
                UndoDuration = down.Outcome.Duration,
                RowsLost = Lost(held, left, down.Renamed),
            };
        }
        catch (MigrationException e) when (IsFault(e))
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
        catch (MigrationException e) when (IsFault(e))
        {
            return await RemadeAsync(Failed(result, e), cancellationToken).ConfigureAwait(false);
        }

        var differences = SchemaComparison.Compare(after, await SchemaAsync(cancellationToken).ConfigureAwait(false));
        if (differences.Count == 0)
            return result;
        // Columns that the undo put into another order stand in it still; later migrations are to meet the order that the database has.
        var isOrder = result.UndoVerdict == UndoVerdict.SameButColumnOrder && differences.All(d => d.IsColumnOrder);
        return await RemadeAsync(
                isOrder ? result : result with { UndoVerdict = UndoVerdict.SchemaDiffers, Differences = differences },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private static RehearsalResult Failed(RehearsalResult result, MigrationException failure) =>
        IsNotRun(failure) ? NotRun(result, failure) : result with { UndoVerdict = UndoVerdict.Failed, Failure = failure };

    private static RehearsalResult NotRun(RehearsalResult result, MigrationException why) =>
        result with
        {
            UndoVerdict = UndoVerdict.NotRun,
            NotRun = why.Message,
            Failure = why,
        };

    private static bool IsFault(MigrationException e) => e.Category is not (FailureCategory.Connection or FailureCategory.Cancelled);

    private static bool IsNotRun(MigrationException e) => e.Id is ErrorId.ReachesBeyondCopy or ErrorId.CodeNotReplayed;

    private async Task<RehearsalResult> RemadeAsync(RehearsalResult result, CancellationToken cancellationToken)
    {
        _isRemade = true;
        await copy.RemakeAsync(migration, cancellationToken).ConfigureAwait(false);
        return result;
    }

    private async Task<SchemaSnapshot> SchemaAsync(CancellationToken cancellationToken) =>
        await (await copy.SessionAsync(cancellationToken).ConfigureAwait(false))
            .Inspector.ReadSchemaAsync(cancellationToken)
            .ConfigureAwait(false);

    /// <summary>The rows that are gone; those of a table that was renamed are looked for under its new name.</summary>
    private static List<TableContent> Lost(
        IReadOnlyList<TableValues> before,
        IReadOnlyList<TableValues> after,
        IReadOnlyDictionary<string, string> renamed
    )
    {
        var left = after.ToDictionary(t => t.Table, t => t.Rows ?? 0, StringComparer.Ordinal);
        // Another table may have taken the name of one that was dropped.
        var taken = renamed.Values.Except(renamed.Keys, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        var lost = before.Select(t => new TableContent(t.Table, t.Rows - (taken.Contains(t.Table) ? 0 : Left(t.Table))));
        return [.. lost.Where(t => t.Rows > 0)];

        long Left(string table) => left.GetValueOrDefault(renamed.GetValueOrDefault(table, table));
    }
}
