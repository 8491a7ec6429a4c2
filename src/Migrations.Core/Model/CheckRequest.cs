using Migrations.Integrity;

namespace Migrations;

/// <summary>Which checks are made, and how.</summary>
public sealed record CheckRequest
{
    /// <summary>Only these categories (<see cref="IntegrityChecker.Categories"/>); empty: all.</summary>
    public IReadOnlyList<CheckCategory> Categories { get; init; } = [];

    /// <summary>Only checks of these names; <c>*</c> and <c>?</c> are wildcards; empty: all.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Whether the engine reads every page and index entry, or only what is quick to ask.</summary>
    public bool Thorough { get; init; }

    /// <summary>The longest that one declared check may take; a check may say otherwise.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether declared checks are asked on a copy with all rows, and not on the database itself.</summary>
    public bool OnCopy { get; init; }

    /// <summary>
    /// The objects that no comparison of schemas looks at, as patterns over <c>schema.name</c> with <c>*</c> and <c>?</c>. The tables of
    /// other programs that are known (migration histories, <c>_cf_*</c>, <c>_litestream_*</c>) need none.
    /// </summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>Another server for scratch databases; null for the database's own.</summary>
    public DatabaseTarget? ScratchServer { get; init; }

    /// <summary>The folder whose newest backup is judged; null: none is looked for.</summary>
    public string? BackupFolder { get; init; }

    /// <summary>How old the newest proven backup may be.</summary>
    public TimeSpan BackupAge { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long a migration may take on the copy of a checklist; null: as long as it takes.</summary>
    public TimeSpan? MaxDuration { get; init; }
}
