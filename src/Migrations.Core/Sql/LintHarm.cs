namespace Migrations.Sql;

/// <summary>What of a table makes a change to it harmful.</summary>
public enum LintHarm
{
    /// <summary>That others know it.</summary>
    Always,

    /// <summary>That it has rows.</summary>
    WithRows,

    /// <summary>That it is large: reading or writing all its rows takes time.</summary>
    WithManyRows,
}
