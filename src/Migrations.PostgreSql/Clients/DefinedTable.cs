namespace Migrations.PostgreSql;

/// <summary>The table that CREATE TABLE makes, or ALTER TABLE ONLY changes.</summary>
internal sealed class DefinedTable
{
    private static readonly string[] Kinds = ["TEMP", "TEMPORARY", "LOCAL", "GLOBAL", "UNLOGGED", "FOREIGN"];

    /// <summary>Reads the beginning of a statement.</summary>
    public DefinedTable(List<PlacedToken> tokens)
    {
        if (tokens.Count < 4 || tokens[0].Word is not ("CREATE" or "ALTER"))
            return;
        IsAltered = tokens[0].Word is "ALTER";
        var at = 1;
        while (at < 3 && Kinds.Contains(tokens[at].Word, StringComparer.Ordinal))
            at++;
        if (tokens[at].Word is not "TABLE" || (IsAltered && tokens[at + 1].Word is not "ONLY"))
            return;
        at += IsAltered ? 2 : 1;
        if (!IsAltered && at + 3 < tokens.Count && tokens[at].Word is "IF")
            at += 3;
        Name = PlacedToken.NameAt(tokens, ref at);
        Behind = at;
    }

    /// <summary>Its name; null where the statement is no such.</summary>
    public string? Name { get; }

    /// <summary>Whether it is there already.</summary>
    public bool IsAltered { get; }

    /// <summary>The place behind its name.</summary>
    public int Behind { get; }
}
