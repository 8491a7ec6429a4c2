using Migrations.Sql;

namespace Migrations.Linting;

/// <summary>A statement that fails, loses data or stops others from working, where it is in a script, and how to do it safely.</summary>
public sealed record LintFinding
{
    /// <summary>The database as shown to people; null where only the folder was looked at.</summary>
    public string? Database { get; init; }

    /// <summary>The migration's full name.</summary>
    public required string Migration { get; init; }

    /// <summary>The id of the rule.</summary>
    public required string Rule { get; init; }

    /// <summary>Whether the run would be refused; else it is a warning.</summary>
    public bool IsError { get; init; }

    /// <summary>What the statement does.</summary>
    public required string Message { get; init; }

    /// <summary>What happens where the rule is not followed.</summary>
    public required string Why { get; init; }

    /// <summary>The statement, or its beginning where it is long; null where it is about the file.</summary>
    public string? Statement { get; init; }

    /// <summary>Where it is.</summary>
    public required ScriptLocation Location { get; init; }

    /// <summary>The file's full path.</summary>
    public string File => Location.File;

    /// <summary>The line, from 1.</summary>
    public int Line => Location.Line;

    /// <summary>The column, from 1; null when only the line is known.</summary>
    public int? Column => Location.Column;

    /// <summary>The table that it is about; null where it is about none.</summary>
    public string? Table { get; init; }

    /// <summary>About how many rows the table has; null where that is not known.</summary>
    public long? Rows { get; init; }

    /// <summary>How to make the change safely, as data.</summary>
    public required Advice NextStep { get; init; }

    /// <summary>How to make the change safely.</summary>
    public string Advice => NextStep.ToString();

    /// <summary>The same as SQL for this statement, step by step; empty without one.</summary>
    public IReadOnlyList<LintStep> Rewrite { get; init; } = [];

    /// <summary>The files of the safe steps, with their full paths, where they were asked for and proven; empty otherwise.</summary>
    public IReadOnlyList<string> Written { get; init; } = [];

    /// <summary>Why the safe steps were not written though they were asked for; null where they were, or were not asked for.</summary>
    public string? NotWritten { get; init; }

    /// <summary>The page of the database's documentation that it rests on.</summary>
    public required string Link { get; init; }
}
