using Migrations.Databases;
using Migrations.Sql;

namespace Migrations.Running;

/// <summary>Makes sure that the key of a table says, from one batch to the next, which rows have been passed.</summary>
/// <param name="session">The database.</param>
/// <param name="dialect">How its SQL is read.</param>
/// <param name="migration">The migration.</param>
/// <param name="batch">Its statement.</param>
/// <param name="key">The key of the statement's table.</param>
internal sealed class BatchPlaces(IDatabaseSession session, ISqlDialect dialect, Migration migration, BatchStatement batch, BatchKey key)
{
    /// <summary>The key of the statement's table.</summary>
    public BatchKey Key => key;

    /// <summary>Refuses a batch that moves its rows behind itself, where it would meet them again.</summary>
    /// <exception cref="StatementException"><see cref="ErrorId.BatchInvalid"/></exception>
    public void DemandKept()
    {
        var moved = batch.Assigned.FirstOrDefault(a =>
            key.Columns.Any(c => string.Equals(c.Trim('"'), a, StringComparison.OrdinalIgnoreCase))
        );
        if (moved is not null)
            throw BatchRun.Invalid(
                batch,
                $"The statement changes '{moved}', by whose order its batches pass the table.",
                "Name other unique columns in the header ('-- Batch: 5000 rows by <column>'), or remove 'Batch:'."
            );
    }

    /// <summary>Refuses a position that is not a list of literals: what the history holds becomes part of a statement.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.HistoryTableConflict"/></exception>
    public void DemandLiterals(string? position)
    {
        if (position is null)
            return;
        var tokens = dialect
            .Tokenize(position)
            .Where(t => t.Kind is not SqlTokenKind.WhiteSpace)
            .Select(t => (t.Kind, Text: t.In(position).ToString()))
            .Where(t => t.Text is not "-")
            .ToList();
        var isPlain =
            tokens.Count == 2 * key.Values - 1
            && tokens.Select((t, i) => i % 2 == 1 ? t.Text is "," : t.Kind is SqlTokenKind.Literal or SqlTokenKind.Number).All(x => x);
        if (!isPlain)
            throw new MigrationException(
                ErrorId.HistoryTableConflict,
                "The history has a progress row whose position is not a key of the table.",
                "Restore the history from a backup; or replace the migration by a new one that changes only the rows that are left."
            );
    }

    /// <summary>Refuses to go on behind a position whose rows may be at other places by now.</summary>
    /// <param name="position">The position; null before the first batch.</param>
    /// <param name="numbering">The value of <see cref="BatchKey.Numbering"/> as it was found; null: it is looked up.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="StatementException"><see cref="ErrorId.RowsRenumbered"/></exception>
    public async Task DemandSameAsync(string? position, string? numbering, CancellationToken cancellationToken)
    {
        if (position is null || key.NumberingIn(position) is not { } expected)
            return;
        numbering ??= await session.ReadValueAsync(key.NumberingQuery, cancellationToken).ConfigureAwait(false);
        if (!string.Equals(numbering, expected, StringComparison.Ordinal))
            throw new StatementException(
                ErrorId.RowsRenumbered,
                $"'{batch.Table}' has no key but its rows' places, and these may have changed since the last batch of {migration}: VACUUM "
                    + "ran, or the schema was changed. So which rows the batches have passed is no longer known, and no more were changed.",
                $"Find the rows that are left ({Call.History} shows how many were changed), and replace this migration by a new one that "
                    + $"changes only them. A table with a primary key can be changed in batches again."
            )
            {
                Location = batch.Location,
            };
    }
}
