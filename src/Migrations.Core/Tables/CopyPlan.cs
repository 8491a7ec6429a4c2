namespace Migrations.Tables;

/// <summary>What a source has to copy, and how.</summary>
public sealed record CopyPlan
{
    /// <summary>The tables.</summary>
    public required IReadOnlyList<CopyTable> Tables { get; init; }

    /// <summary>The views that translate, those first that others read.</summary>
    public IReadOnlyList<CopyView> Views { get; init; } = [];

    /// <summary>The full-text indexes, which no other engine has in this form.</summary>
    public IReadOnlyList<CopyFullText> FullTexts { get; init; } = [];

    /// <summary>What is not copied.</summary>
    public IReadOnlyList<LeftOutObject> LeftOut { get; init; } = [];

    /// <summary>What keeps the copy from being made.</summary>
    public IReadOnlyList<CopyObstacle> Obstacles { get; init; } = [];
}

/// <summary>A full-text index.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Content">The table that holds its text; null when it keeps the text itself.</param>
/// <param name="Columns">The columns that it searches.</param>
/// <param name="Text">As the source has it.</param>
public sealed record CopyFullText(string Name, string? Content, IReadOnlyList<string> Columns, string Text);
