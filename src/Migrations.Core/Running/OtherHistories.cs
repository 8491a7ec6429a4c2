using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Planning;

namespace Migrations.Running;

/// <summary>
/// What others have in a database that is to be cleared. Which table belongs to whom cannot be known, so clearing for one takes away what
/// all have: other services, and whoever keeps another history there.
/// </summary>
/// <param name="context">The database and the service.</param>
/// <param name="request">Says what the call is about.</param>
internal sealed class OtherHistories(RunContext context, ClearRequest request)
{
    /// <summary>Refuses to clear what others have.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/></exception>
    public void Demand(FoundHistories found)
    {
        var services = found.All.SelectMany(ServicesIn).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var nameless = found.All.Where(HasNamelessOthers).Select(h => $"the history '{h.Display}' has work without a service").ToList();
        if (services.Count + nameless.Count == 0)
            return;
        var others = nameless.Prepend(services.Count == 0 ? "" : $"it is also the database of {string.Join(", ", services)}");
        throw new MigrationException(
            ErrorId.UsageInvalid,
            $"Clearing {context.Target.Display} takes away everything that is in it, and what belongs to whom cannot be known: "
                + $"{string.Join("; ", others.Where(o => o.Length > 0))}. Nothing was cleared.",
            request.Services.Count > 0 && nameless.Count == 0
                ? Advice.Of(
                    $"Name all services that share it: {CallOption.Service.Of(string.Join(',', request.Services.Concat(services)))}. "
                        + $"Or clear it for all of them: {CallOption.IncludeOthers}."
                )
                : Advice.Of($"If all of that may go, say so with {CallOption.IncludeOthers}; otherwise clear nothing here.")
        );
    }

    /// <summary>The services of a history that the call is not about.</summary>
    private IEnumerable<string> ServicesIn(FoundHistory history) =>
        // Without a service, the call is about all that its own history records.
        request.Services.Count == 0
        && history.IsOwn
            ? []
            : history.Services.OfType<string>().Except(request.Services, StringComparer.Ordinal);

    private bool HasNamelessOthers(FoundHistory history) =>
        history.Services.Any(s => s is null)
        && (request.Services.Count == 0 ? !history.IsOwn : !(IsOfCall(history) && context.Options.Unassigned == UnassignedRows.Own));

    private bool IsOfCall(FoundHistory history) =>
        history.IsOwn
        || request.Histories.Any(h =>
            string.Equals(h.Table, history.Table, StringComparison.OrdinalIgnoreCase)
            && string.Equals(h.Schema ?? "public", history.Schema ?? "public", StringComparison.Ordinal)
        );
}
