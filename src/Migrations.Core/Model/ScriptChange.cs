namespace Migrations;

/// <summary>How an applied script's file differs from what was applied.</summary>
public enum ScriptChange
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>Only in comments and white space.</summary>
    Cosmetic,

    /// <summary>In a statement or a directive.</summary>
    Statement,
}
