namespace Migrations.Sql;

/// <summary>How a literal or a quoted name is written.</summary>
/// <param name="Open">The length of what opens it.</param>
/// <param name="Close">The length of what closes it; 0 when it is not closed.</param>
public sealed record QuoteForm(int Open, int Close)
{
    /// <summary>The characters that are doubled in it.</summary>
    public string Doubled { get; init; } = "";

    /// <summary>The characters that cannot be in it.</summary>
    public string Forbidden { get; init; } = "";

    /// <summary>Whether it holds a text as it is, mostly the body of a function: a dollar quote.</summary>
    public bool IsDollarQuote { get; init; }
}
