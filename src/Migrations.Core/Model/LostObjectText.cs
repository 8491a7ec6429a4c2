namespace Migrations;

/// <summary>The messages about objects that were dropped with others.</summary>
public static class LostObjectText
{
    /// <summary>A warning, with the statement that recreates the object.</summary>
    public static string Warning(string migration, LostObject lost) =>
        $"{migration} recreates '{lost.Table}' without its {lost.Kind} "
        + $"'{lost.Name}'.{(lost.Sql is null ? "" : " To recreate it: " + lost.Sql)}";

    /// <summary>A line of a list.</summary>
    public static string Line(LostObject lost) => lost.Table is null ? $"also drops {lost}" : $"leaves out {lost}";
}
