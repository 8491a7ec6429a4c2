namespace Migrations;

/// <summary>What is said of objects that went with others.</summary>
public static class LostObjectText
{
    /// <summary>A warning, with the statement that puts the object back.</summary>
    public static string Warning(string migration, LostObject lost) =>
        $"{migration} recreates '{lost.Table}' without its {lost.Kind} "
        + $"'{lost.Name}'.{(lost.Sql is null ? "" : " To put it back: " + lost.Sql)}";

    /// <summary>A line of a list.</summary>
    public static string Line(LostObject lost) => lost.Table is null ? $"also drops {lost}" : $"leaves out {lost}";
}
