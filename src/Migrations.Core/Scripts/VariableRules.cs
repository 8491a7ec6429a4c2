namespace Migrations;

/// <summary>Where a script takes variables: what its header says under <c>Variables:</c>.</summary>
public sealed record VariableRules
{
    /// <summary>Nothing said: only outside of quotes.</summary>
    public static VariableRules Default { get; } = new();

    /// <summary><c>none</c>: nowhere.</summary>
    public bool None { get; init; }

    /// <summary><c>quoted</c>: also in quoted names and literals.</summary>
    public bool Quoted { get; init; }

    /// <summary><c>everywhere</c>: also in dollar quotes.</summary>
    public bool Everywhere { get; init; }

    /// <summary><c>name raw</c>: the variables that are inserted as they are, whatever they hold.</summary>
    public IReadOnlyList<string> Raw { get; init; } = [];

    /// <summary>What is no rule; a mistake only where there are variables, because it may be a remark.</summary>
    internal string? NoRule { get; init; }

    /// <summary>These rules and those of one more line.</summary>
    internal VariableRules And(string line)
    {
        var rules = this;
        foreach (var item in line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            rules = rules.AndOne(item);
        return rules;
    }

    private VariableRules AndOne(string item)
    {
        if (item.Equals("none", StringComparison.OrdinalIgnoreCase))
            return this with { None = true };
        if (item.Equals("quoted", StringComparison.OrdinalIgnoreCase))
            return this with { Quoted = true };
        if (item.Equals("everywhere", StringComparison.OrdinalIgnoreCase))
            return this with { Quoted = true, Everywhere = true };
        var words = item.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 2 && words[1].Equals("raw", StringComparison.OrdinalIgnoreCase) && ScriptVariable.IsName(words[0])
            ? this with
            {
                Raw = [.. Raw, words[0]],
            }
            : this with
            {
                NoRule = NoRule ?? item,
            };
    }
}
