using System.Security.Cryptography;
using System.Text;
using Migrations.Databases;
using Migrations.Foreign;
using Migrations.Planning;

namespace Migrations.Adoption;

/// <summary>The history that is taken over, and what it says.</summary>
/// <param name="History">The tool and its table.</param>
/// <param name="Reading">What its rows say.</param>
internal sealed record AdoptionSource(ForeignHistory History, ForeignReading Reading)
{
    /// <summary>A digest of its rows; null where its table is no history.</summary>
    public string? Digest { get; init; }

    /// <summary>The tables that hold histories, and so are not the application's.</summary>
    public IReadOnlyList<string> Tables { get; init; } = [];

    /// <summary>Finds and reads it.</summary>
    public static async Task<AdoptionSource> FindAsync(
        IForeignTables tables,
        AdoptionRequest request,
        PlanningInput input,
        CancellationToken cancellationToken
    )
    {
        if (request.Marker is { } marker)
            return await FindMarkerAsync(tables, marker, input, cancellationToken).ConfigureAwait(false);
        var history = await ForeignHistoryFinder.ChooseAsync(tables, request.Tool, request.Table, cancellationToken).ConfigureAwait(false);
        var rows = await tables.ReadAsync(history.Table, cancellationToken).ConfigureAwait(false);
        var reading = history.Tool.Read(rows);
        if (!history.Tool.IsAdoptable && request.SqlPath is null)
            throw Unsupported(history, new EntryMapping(history.Tool, reading, input));
        return new AdoptionSource(history, reading) { Digest = DigestOf(rows), Tables = [history.TableName] };
    }

    private static MigrationException Unsupported(ForeignHistory history, EntryMapping mapping)
    {
        var newest = mapping.Pairs.Select(p => p.Migration).MaxBy(m => m.Version);
        var edited = mapping
            .Pairs.Where(p => ContentComparison.Compare(history.Tool, p.Entry, p.Migration) == ContentMatch.Different)
            .Select(p => $" {p.Migration} was edited since: its checksum is not the recorded one.");
        return new MigrationException(
            ErrorId.AdoptionUnsupported,
            $"This database was migrated by {history}, whose history is taken over by name only." + string.Concat(edited),
            newest is null
                ? $"Record what its schema already contains: {Call.Baseline.On("<version>")}. Or take the names over, proven by the SQL of "
                    + $"its migrations: {Call.Adopt.With(CallOption.Sql.Of("<folder>"))}"
                : Advice.Of($"Record what its schema already contains: {Call.Baseline.On(newest.Version?.Text ?? newest.FullName)}")
        );
    }

    /// <summary>A digest of some rows, in whatever order they come.</summary>
    public static string DigestOf(IReadOnlyList<ForeignRow> rows)
    {
        var lines = rows.Select(r => string.Join('\u001F', r.Values.Select(v => v ?? "\u0000"))).Order(StringComparer.Ordinal);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\u001E', lines)))).ToLowerInvariant();
    }

    private static async Task<AdoptionSource> FindMarkerAsync(
        IForeignTables tables,
        string marker,
        PlanningInput input,
        CancellationToken cancellationToken
    )
    {
        var name = marker[(marker.LastIndexOf('.') + 1)..];
        var found = await tables.FindAsync([name], cancellationToken).ConfigureAwait(false);
        var table = found.FirstOrDefault(t =>
            string.Equals(t.Display, marker, StringComparison.OrdinalIgnoreCase)
            || string.Equals(t.Name, marker, StringComparison.OrdinalIgnoreCase)
        );
        if (table is null || input.Migrations.Count == 0)
        {
            throw new MigrationException(
                ErrorId.ForeignHistoryMissing,
                $"There is no table '{marker}' in this database, so its init script has not run.",
                $"Apply it with the others: {Call.Up}"
            );
        }

        var first = input.Migrations[0];
        return new AdoptionSource(
            new ForeignHistory(new MarkerTool(), table),
            new ForeignReading([
                new ForeignEntry
                {
                    Text = $"the table {table.Display}",
                    Name = first.FullName,
                    IsInferred = true,
                },
            ])
        );
    }
}
