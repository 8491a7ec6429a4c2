using Migrations.Configuration;
using Migrations.Sql;

namespace Migrations;

/// <summary>The rules of all engines.</summary>
public static class LintRules
{
    /// <summary>All of them; what several engines have in common is there once for each.</summary>
    public static IReadOnlyList<LintRule> All => [.. DatabaseDrivers.All.SelectMany(d => d.Rules.Rules)];

    /// <summary>The rules that a call and the configuration switch off.</summary>
    /// <param name="configured">What the configuration says; null when it says nothing.</param>
    /// <param name="given">What the call says.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: the call names one that does not exist.</exception>
    public static IReadOnlyList<string> Off(
        ConfiguredValue<IReadOnlyList<ConfiguredValue<string>>>? configured,
        IReadOnlyList<string> given
    )
    {
        Demand(given);
        return [.. (configured?.Value ?? []).Select(id => id.Value), .. given];
    }

    /// <summary>Refuses a configuration that switches off rules that do not exist.</summary>
    /// <param name="configuration">The configuration; null without one.</param>
    /// <returns>The same configuration.</returns>
    /// <exception cref="MigrationException"><see cref="ErrorId.ConfigurationInvalid"/>, with the place.</exception>
    public static MigrationConfiguration? Checked(MigrationConfiguration? configuration)
    {
        var settings = configuration?.Environments.Select(e => e.Settings).Prepend(configuration.Settings) ?? [];
        foreach (var id in settings.SelectMany(s => s.AdviceOff?.Value ?? []))
        {
            try
            {
                Demand([id.Value]);
            }
            catch (MigrationException e)
            {
                throw new MigrationException(ErrorId.ConfigurationInvalid, $"{id.Place}: {e.Message}", e.NextStep, e)
                {
                    Location = id.Place,
                };
            }
        }

        return configuration;
    }

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
