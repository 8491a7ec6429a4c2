using System.Globalization;
using Migrations.Configuration;
using Migrations.History;

namespace Migrations.Planning;

/// <summary>
/// Finds migrations of the history that may be those of a service without belonging to it: what runs because they are hidden runs twice.
/// Pure.
/// </summary>
/// <param name="input">Folder and history.</param>
/// <param name="entries">All rows, of all services, in the order of their ids.</param>
/// <param name="identityByName">Whether migrations with versions are known by name.</param>
internal sealed class ServiceIdentity(PlanningInput input, IReadOnlyList<JournalEntry> entries, bool identityByName)
{
    private const int NamesShown = 5;

    /// <summary>The error that stops a run; null where it is clear whose migrations are.</summary>
    /// <param name="service">The service; null without services.</param>
    /// <param name="unassigned">What rows without a service mean to it.</param>
    public PlanException? Find(string? service, UnassignedRows unassigned)
    {
        if (service is null)
            return OfService();
        if (input.History.Unassigned.Count == 0 || (unassigned == UnassignedRows.Own && !input.History.IsShared))
            return null;
        var hidden = Hidden(null);
        if (unassigned == UnassignedRows.Foreign)
            hidden = WouldRunAgain(hidden);
        return hidden.Count == 0 ? null : Unassigned(service, unassigned == UnassignedRows.Foreign, hidden);
    }

    private List<HistoryRecord> Hidden(string? service) =>
        [
            .. HistoryView
                .From(entries, service, identityByName)
                .Records.Where(r => r.IsApplied || r.Failure is not null || r.Resume is not null),
        ];

    /// <summary>The hidden ones whose very script is pending. Repeatables are made to run again.</summary>
    private List<HistoryRecord> WouldRunAgain(IEnumerable<HistoryRecord> hidden) =>
        [
            .. hidden.Where(r =>
                r.Applied?.Checksum is { } checksum
                && input.Migrations.Any(m =>
                    !m.IsRepeatable
                    && m.Key == r.Key
                    && string.Equals(m.Up.Checksum, checksum, StringComparison.Ordinal)
                    && input.IsPending(m)
                )
            ),
        ];

    private PlanException? OfService()
    {
        if (!input.History.IsShared)
            return null;
        var services = ServiceAssignment.Resolve(entries).Select(e => e.Service).OfType<string>().Distinct(StringComparer.Ordinal);
        foreach (var service in services)
        {
            var again = WouldRunAgain(Hidden(service));
            if (again.Count > 0)
                return new PlanException(
                    ErrorId.ServiceDiffers,
                    $"No service is named, and {Names(again)} {Was(again)} applied to this database for the service '{service}'.",
                    $"Name the service: {CallOption.Service.Of(service)}.",
                    [.. again.Select(r => r.Name)]
                );
        }

        return null;
    }

    private static PlanException Unassigned(string service, bool isCertain, List<HistoryRecord> hidden) =>
        new(
            ErrorId.ServiceDiffers,
            isCertain
                ? $"{Names(hidden)} {Was(hidden)} applied to this database without a service, and would run again for '{service}'."
                : $"Services share this history, and {Names(hidden)} in it {(hidden.Count == 1 ? "belongs" : "belong")} to none of them.",
            $"Assign those of the folder of '{service}' to it: '{Call.Repair.With(CallOption.AssignService.Of(service))}'; the others in "
                + $"the same way to their services.",
            [.. hidden.Select(r => r.Name)]
        );

    private static string Was(List<HistoryRecord> records) => records.Count == 1 ? "was" : "were";

    private static string Names(List<HistoryRecord> records) =>
        string.Join(", ", records.Take(NamesShown).Select(r => r.Name))
        + (records.Count > NamesShown ? string.Create(CultureInfo.InvariantCulture, $" and {records.Count - NamesShown} more") : "");
}
