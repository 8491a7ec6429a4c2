using Migrations.History;
using Migrations.Sql;

namespace Migrations.Databases;

/// <summary>What a script runs in one transaction; or one script that runs in none.</summary>
/// <param name="Groups">Each migration with its hooks, or a hook alone.</param>
public sealed record ClientScriptPart(IReadOnlyList<ClientScriptGroup> Groups)
{
    /// <summary>
    /// The statements of its only script, where that runs without a transaction; null where it runs in one.
    /// </summary>
    public IEnumerable<ClientScriptStatement>? Statements { get; init; }

    /// <summary>All that runs, in order.</summary>
    public IEnumerable<StepExecution> Steps => Groups.SelectMany(g => g.Steps);
}

/// <summary>What is done, or left out, together.</summary>
/// <param name="Number">Which migration of the script it is, from 1; null for a hook of the whole run.</param>
/// <param name="Steps">What runs, in order.</param>
public sealed record ClientScriptGroup(int? Number, IReadOnlyList<StepExecution> Steps);

/// <summary>A statement of a script that runs without a transaction, with the rows of the history that go with it.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="Before">The rows that are appended before it.</param>
/// <param name="After">The rows that are appended after it.</param>
public sealed record ClientScriptStatement(
    ScriptStatement Statement,
    IReadOnlyList<JournalEntry> Before,
    IReadOnlyList<JournalEntry> After
);
