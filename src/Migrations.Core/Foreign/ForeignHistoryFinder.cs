using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>Finds out whose migration histories a database holds.</summary>
internal static class ForeignHistoryFinder
{
    /// <summary>All that are recognised, in one query.</summary>
    public static async Task<IReadOnlyList<ForeignHistory>> FindAsync(IForeignTables tables, CancellationToken cancellationToken) =>
        ForeignTools.Recognise(await tables.FindAsync(ForeignTools.Tables, cancellationToken).ConfigureAwait(false));

    /// <summary>The one that is meant.</summary>
    /// <param name="tables">The database's tables.</param>
    /// <param name="tool">The tool's name; null when none was named.</param>
    /// <param name="table">The table's name, with its schema or without; null when none was named.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>, <see cref="ErrorId.ForeignHistoryMissing"/>, or <see
    /// cref="ErrorId.ForeignHistoryAmbiguous"/>.</exception>
    public static async Task<ForeignHistory> ChooseAsync(
        IForeignTables tables,
        string? tool,
        string? table,
        CancellationToken cancellationToken
    )
    {
        if (tool is not null && ForeignTools.Find(tool) is null)
        {
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"Unknown tool '{tool}'.",
                $"Known tools: {string.Join(", ", ForeignTools.All.Select(t => t.Name))}."
            );
        }

        var found = table is null
            ? await FindAsync(tables, cancellationToken).ConfigureAwait(false)
            : await FindTableAsync(tables, table, cancellationToken).ConfigureAwait(false);
        var meant = tool is null ? found : [.. found.Where(h => h.Tool == ForeignTools.Find(tool))];
        return meant.Count switch
        {
            1 => meant[0],
            0 => throw Missing(found, tool, table),
            _ => throw Ambiguous(meant),
        };
    }

    private static async Task<IReadOnlyList<ForeignHistory>> FindTableAsync(
        IForeignTables tables,
        string table,
        CancellationToken cancellationToken
    )
    {
        var name = table[(table.LastIndexOf('.') + 1)..];
        var found = await tables.FindAsync([name, .. ForeignTools.Tables], cancellationToken).ConfigureAwait(false);
        return
        [
            .. found
                .Where(t =>
                    string.Equals(t.Display, table, StringComparison.OrdinalIgnoreCase)
                    || string.Equals(t.Name, table, StringComparison.OrdinalIgnoreCase)
                )
                .Select(t => ForeignTools.RecogniseByColumns(t, found))
                .OfType<ForeignHistory>(),
        ];
    }

    private static MigrationException Missing(IReadOnlyList<ForeignHistory> found, string? tool, string? table) =>
        new(
            ErrorId.ForeignHistoryMissing,
            (tool, table, found.Count) switch
            {
                ({ }, _, > 0) => $"This database has no history of {tool}; it has one of {string.Join(", ", found)}.",
                (_, { }, _) => $"There is no table '{table}' with the columns of a known tool's history.",
                ({ }, _, _) => $"This database has no history of {tool}.",
                _ => "This database has no history of a known migration tool.",
            },
            $"Name a table that was given another name with {CallOption.Table}; or record what is applied without a history: "
                + $"{Call.Baseline.On("<version>")}"
        );

    private static MigrationException Ambiguous(IReadOnlyList<ForeignHistory> found) =>
        new(
            ErrorId.ForeignHistoryAmbiguous,
            $"This database has several histories: {string.Join(", ", found)}.",
            found.Select(h => h.Name).Distinct(StringComparer.Ordinal).Count() == found.Count
                ? Advice.Of($"Choose one with {CallOption.Tool}, for example: {Call.Adopt.With(CallOption.Tool.Of(found[0].Name))}")
                : $"Choose one with {CallOption.Table}, for example: {Call.Adopt.With(CallOption.Table.Of(found[0].TableName))}"
        );
}
