namespace Migrations;

/// <summary>What a migration is written in.</summary>
public enum MigrationKind
{
    /// <summary>SQL scripts.</summary>
    Sql,

    /// <summary>A PowerShell file with the functions <c>up</c> and <c>down</c>, which the module runs.</summary>
    PowerShell,

    /// <summary>An object of an application, whose methods it runs itself.</summary>
    Code,
}
