namespace Migrations;

/// <summary>What is of the migrations of one database, and is passed on with their service and folder too.</summary>
public interface IHasPlace : IHasTarget
{
    /// <summary>The service; null without services.</summary>
    string? Service { get; }

    /// <summary>The migration folder; null where it is not known: a row of the history.</summary>
    string? Path { get; }
}
