using Migrations.Sql;

namespace Migrations;

/// <summary>The rules of all engines.</summary>
public static class LintRules
{
    /// <summary>All of them; what several engines have in common is there once for each.</summary>
    public static IReadOnlyList<LintRule> All => [.. DatabaseDrivers.All.SelectMany(d => d.Rules.Rules)];

    /// <summary>Refuses rules that do not exist.</summary>
    /// <param name="off">The ids of rules that are switched off.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/></exception>
    public static void Demand(IEnumerable<string> off)
    {
        ArgumentNullException.ThrowIfNull(off);
        var known = new Lazy<List<string>>(() => [.. All.Select(r => r.Id).Distinct(StringComparer.Ordinal)]);
        foreach (var id in off)
        {
            if (id is "*" || known.Value.Contains(id, StringComparer.OrdinalIgnoreCase))
                continue;
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"There is no rule '{id}'.",
                NearName.Find(id, known.Value) is { } near ? $"Did you mean '{near}'?" : $"The rules are: {string.Join(", ", known.Value)}."
            );
        }
    }
}
