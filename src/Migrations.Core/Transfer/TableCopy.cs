using Migrations.Tables;

namespace Migrations.Transfer;

/// <summary>What became of a table, or of another object that is not a table's part.</summary>
public sealed record TableCopy
{
    /// <summary>The database that was copied, as shown to people.</summary>
    public required string Source { get; init; }

    /// <summary>The database that was copied into, as shown to people.</summary>
    public required string Database { get; init; }

    /// <summary>What it is: table, view, virtual table, trigger.</summary>
    public string Kind { get; init; } = "table";

    /// <summary>Its name in the source.</summary>
    public required string Table { get; init; }

    /// <summary>Its name in the target; null when it is not copied.</summary>
    public string? TargetTable { get; init; }

    /// <summary>What became of it.</summary>
    public required CopyOutcome Outcome { get; init; }

    /// <summary>The rows that were copied.</summary>
    public long Rows { get; init; }

    /// <summary>The rows that were left out and written into the reject file.</summary>
    public long Rejected { get; init; }

    /// <summary>The bytes of the rows in their canonical form.</summary>
    public long Bytes { get; init; }

    /// <summary>How long copying took, without the proof.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>How many megabytes (10^6 bytes) were copied in a second; null where that was too short to be measured.</summary>
    public double? MegabytesPerSecond => Duration.TotalMilliseconds >= 1 ? Math.Round(Bytes / 1e6 / Duration.TotalSeconds, 1) : null;

    /// <summary>The digest of the rows as they were read; null where nothing was copied.</summary>
    public string? SourceDigest { get; init; }

    /// <summary>The digest of the rows as the target returns them; null where nothing was copied.</summary>
    public string? TargetDigest { get; init; }

    /// <summary>Whether counts and digests agree; null where nothing was copied.</summary>
    public bool? Equal { get; init; }

    /// <summary>Its columns, with types and reasons.</summary>
    public IReadOnlyList<ColumnCopy> Columns { get; init; } = [];

    /// <summary>What of it is not copied.</summary>
    public IReadOnlyList<LeftOutObject> LeftOut { get; init; } = [];

    /// <summary>Whether the target has taken all that was to be copied: keys, checks, indexes, defaults, views.</summary>
    public bool IsComplete => !LeftOut.Any(l => l.IsRefused);

    /// <inheritdoc/>
    public override string ToString() => Table;
}

/// <summary>What became of an object.</summary>
public enum CopyOutcome
{
    /// <summary>It is copied and proven equal.</summary>
    Copied,

    /// <summary>It is not copied.</summary>
    LeftOut,

    /// <summary>It would be copied.</summary>
    WhatIf,
}

/// <summary>A column of a copy.</summary>
/// <param name="Column">Its name in the source.</param>
/// <param name="TargetColumn">Its name in the target.</param>
/// <param name="Declared">The type that the source declares.</param>
/// <param name="Type">The type in the target.</param>
/// <param name="Reason">Why it was chosen.</param>
/// <param name="Values">What is stored in it, by class.</param>
/// <param name="Converted">How many values are written in another form than they are stored in.</param>
public sealed record ColumnCopy(
    string Column,
    string TargetColumn,
    string Declared,
    string Type,
    string Reason,
    string Values,
    long Converted
);
