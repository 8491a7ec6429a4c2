namespace Migrations.Databases;

/// <summary>What a scratch database holds at the start.</summary>
public enum ScratchContent
{
    /// <summary>Nothing.</summary>
    Empty,

    /// <summary>The origin's schema and history, no other rows.</summary>
    Schema,

    /// <summary>All of the origin.</summary>
    Data,
}
