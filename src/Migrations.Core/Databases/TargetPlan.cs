using Migrations.Tables;

namespace Migrations.Databases;

/// <summary>What a copy would run in its target.</summary>
public sealed record TargetPlan
{
    /// <summary>The tables and columns by the names that they get, which may be shorter than the source's.</summary>
    public required IReadOnlyList<TargetTable> Tables { get; init; }

    /// <summary>The statements.</summary>
    public required IReadOnlyList<string> Statements { get; init; }

    /// <summary>What has no equal in this engine.</summary>
    public IReadOnlyList<LeftOutObject> LeftOut { get; init; } = [];

    /// <summary>What stands in the way.</summary>
    public IReadOnlyList<CopyObstacle> Obstacles { get; init; } = [];

    /// <summary>The tables that are there and would be dropped.</summary>
    public IReadOnlyList<string> Replaced { get; init; } = [];
}

/// <summary>A table of the target.</summary>
/// <param name="Source">Its name in the source.</param>
/// <param name="Name">Its name here, with its schema.</param>
/// <param name="Columns">Its columns.</param>
public sealed record TargetTable(string Source, string Name, IReadOnlyList<TargetColumn> Columns);

/// <summary>A column of the target.</summary>
/// <param name="Source">Its name in the source.</param>
/// <param name="Name">Its name here.</param>
/// <param name="Type">Its type in the words of this engine.</param>
public sealed record TargetColumn(string Source, string Name, string Type);
