namespace Migrations.PostgreSql;

/// <summary>Decides conditions on what has fired a trigger (<see
/// href="https://www.postgresql.org/docs/current/plpgsql-trigger.html">TG_OP</see>).</summary>
internal static class TriggerCondition
{
    /// <summary>Whether a condition holds; null where that does not depend on the event alone.</summary>
    /// <param name="words">Its words.</param>
    /// <param name="event">The event, in capital letters.</param>
    public static bool? Holds(IReadOnlyList<string> words, string @event)
    {
        while (words.Count > 2 && words[0] is "(" && Closes(words) == words.Count - 1)
            words = [.. words.Skip(1).SkipLast(1)];
        if (Split(words, "OR") is { Count: > 1 } either)
        {
            var of = either.ConvertAll(e => Holds(e, @event));
            return of.Contains(true) ? true
                : of.TrueForAll(o => o is false) ? false
                : null;
        }

        if (Split(words, "AND") is { Count: > 1 } all)
        {
            var of = all.ConvertAll(e => Holds(e, @event));
            return of.Contains(false) ? false
                : of.TrueForAll(o => o is true) ? true
                : null;
        }

        if (words.Count < 3 || (words[0] is not "TG_OP" && words[^1] is not "TG_OP"))
            return null;
        var isAmong = words.Any(w => string.Equals(w.Trim('\''), @event, StringComparison.OrdinalIgnoreCase) && w[0] is '\'');
        return string.Concat(words.Skip(1).TakeWhile(w => w is not ("(" or "TG_OP") && w[0] is not '\'')) switch
        {
            "=" or "IN" => isAmong,
            "<>" or "!=" or "NOTIN" => !isAmong,
            _ => null,
        };
    }

    private static List<IReadOnlyList<string>> Split(IReadOnlyList<string> words, string at)
    {
        var parts = new List<IReadOnlyList<string>>();
        var (depth, start) = (0, 0);
        for (var i = 0; i < words.Count; i++)
        {
            depth +=
                words[i] is "(" ? 1
                : words[i] is ")" ? -1
                : 0;
            if (depth > 0 || !string.Equals(words[i], at, StringComparison.Ordinal))
                continue;
            parts.Add([.. words.Skip(start).Take(i - start)]);
            start = i + 1;
        }

        parts.Add([.. words.Skip(start)]);
        return parts;
    }

    private static int Closes(IReadOnlyList<string> words)
    {
        var depth = 0;
        for (var i = 0; i < words.Count; i++)
        {
            depth +=
                words[i] is "(" ? 1
                : words[i] is ")" ? -1
                : 0;
            if (depth == 0)
                return i;
        }

        return -1;
    }
}
