using Migrations.Foreign;
using Migrations.Schema;

namespace Migrations.Adoption;

/// <summary>All that taking over a history would write, and what it was found to be worth.</summary>
internal sealed record AdoptionPlan
{
    /// <summary>The other tool's history.</summary>
    public required ForeignHistory History { get; init; }

    /// <summary>The entries and their files.</summary>
    public required EntryMapping Mapping { get; init; }

    /// <summary>What is said of it.</summary>
    public required AdoptionResult Result { get; init; }

    /// <summary>A digest of the other tool's rows; null where its table is no history.</summary>
    public string? Digest { get; init; }

    /// <summary>The database's schema, without other tools' tables.</summary>
    public required SchemaSnapshot Live { get; init; }

    /// <summary>Why it is refused; null when it is not.</summary>
    public MigrationException? Refusal { get; init; }
}
