using Migrations.Comparing;
using Migrations.Folders;

namespace Migrations.Generating;

/// <summary>Which migration is written.</summary>
public sealed record GenerationRequest
{
    /// <summary>What the migration does, in words or as a name.</summary>
    public required string Name { get; init; }

    /// <summary>The schema that is wanted.</summary>
    public required SchemaSide Schema { get; init; }

    /// <summary>How <see cref="Schema"/> is shown.</summary>
    public required string Shown { get; init; }

    /// <summary>What keeps its rows or values under another name: <c>old=new</c> for a table, <c>table.old=new</c> for a column.</summary>
    public IReadOnlyList<string> Renames { get; init; } = [];

    /// <summary>Objects that are not compared, as patterns over <c>schema.name</c>.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>
    /// Whether it is proven on a copy of the database with all its rows. Without it the rows are made up, and those that migrations put in.
    /// </summary>
    public bool WithData { get; init; }

    /// <summary>Whether nothing is written.</summary>
    public bool WhatIf { get; init; }

    /// <summary>Another server for scratch databases; null for the database's own.</summary>
    public DatabaseTarget? ScratchServer { get; init; }

    /// <summary>Layout and description of the files.</summary>
    public CreateOptions Files { get; init; } = new();

    /// <summary>
    /// Answers whether what is dropped and what is added are the same under another name; null where no one can be asked, and then nothing
    /// is taken for renamed.
    /// </summary>
    public Func<string, bool>? Ask { get; init; }
}
