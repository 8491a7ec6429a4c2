namespace Migrations.History;

/// <summary>The row about a whole adoption: whose history it was, and how its table looked then.</summary>
internal sealed record TakeOver
{
    private const string InStep = ", kept in step";

    /// <summary>The number of the row.</summary>
    public long Id { get; init; }

    /// <summary>The run that wrote it.</summary>
    public Guid RunId { get; init; }

    /// <summary>The tool's name.</summary>
    public required string Tool { get; init; }

    /// <summary>The table, with its schema where there is one.</summary>
    public required string Table { get; init; }

    /// <summary>A digest of the table's rows; null for a table that is no history.</summary>
    public string? Digest { get; init; }

    /// <summary>Whether later steps also write the other tool's table.</summary>
    public bool IsKeptInStep { get; init; }

    /// <summary>What the row says.</summary>
    public static TakeOver Of(JournalEntry entry)
    {
        var tool = entry.Description ?? "";
        var isKeptInStep = tool.EndsWith(InStep, StringComparison.Ordinal);
        return new TakeOver
        {
            Id = entry.Id,
            RunId = entry.RunId,
            Tool = isKeptInStep ? tool[..^InStep.Length] : tool,
            Table = entry.Name,
            Digest = entry.Checksum,
            IsKeptInStep = isKeptInStep,
        };
    }

    /// <summary>The row.</summary>
    /// <param name="recorder">Creates the rows of the run.</param>
    /// <param name="summary">What was taken over and proven, in sentences.</param>
    public JournalEntry Entry(JournalRecorder recorder, string summary) =>
        recorder.Entry(Table, JournalEvent.TakenOver) with
        {
            Description = IsKeptInStep ? Tool + InStep : Tool,
            Checksum = Digest,
            ErrorMessage = summary,
        };
}
