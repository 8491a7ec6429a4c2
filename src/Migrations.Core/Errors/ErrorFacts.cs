namespace Migrations;

/// <summary>What is known of an error beside its message, in the order in which every face shows it.</summary>
public static class ErrorFacts
{
    /// <summary>The database's own words: code, detail and hint, as far as it gave them.</summary>
    public static IEnumerable<(string Name, string Value)> OfStatement(StatementException error)
    {
        if (error.Code is { } code)
            yield return ("Code", code);
        if (error.Detail is { } detail)
            yield return ("Detail", detail);
        if (error.Hint is { } hint)
            yield return ("Hint", hint);
    }

    /// <summary>What of the configuration led to it, what a run had done when it failed, and what it had not.</summary>
    public static IEnumerable<(string Name, string Value)> OfRun(MigrationException error)
    {
        if (error.Configured is { } place)
            yield return ("Configured at", place.ToString());
        if (error.Applied.Count > 0)
            yield return ("Done before", Names([.. error.Applied.Select(r => r.Name)]));
        if (error.NotApplied.Count > 0)
            yield return ("Not done", Names(error.NotApplied));
        if (error.InDatabase is { } kept)
            yield return ("In the database", kept);
    }

    /// <summary>The first names of a list; the error's own lists have all of them.</summary>
    private static string Names(IReadOnlyList<string> names)
    {
        const int NamesShown = 10;
        return names.Count <= NamesShown
            ? string.Join(", ", names)
            : $"{string.Join(", ", names.Take(NamesShown))} and {names.Count - NamesShown} more";
    }
}
