namespace Migrations.Tables;

/// <summary>An object, or a part of one, that is not copied.</summary>
/// <param name="Kind">What it is: trigger, view, check, default, index, foreign key, virtual table.</param>
/// <param name="Name">Its name.</param>
/// <param name="Table">The table that it belongs to; null when it stands for itself.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="Text">As the source has it.</param>
/// <param name="Advice">What can be typed in its place; null where that depends on the application.</param>
public sealed record LeftOutObject(string Kind, string Name, string? Table, string Reason, string? Text, string? Advice = null)
{
    /// <summary>Whether the copy was to have it, and the target has refused it: the copy is not complete.</summary>
    public bool IsRefused { get; init; }
}
