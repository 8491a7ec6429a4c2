namespace Migrations.Folders;

/// <summary>Names of files and folders that mean something in a migration folder, in whatever case.</summary>
internal static class FolderNames
{
    /// <summary>Scripts that are not migrations.</summary>
    public static readonly string[] NoMigrations = ["schema.sql", "seed.sql"];

    public const string Checks = "checks";

    /// <summary>Where a squash puts the migrations that it replaces.</summary>
    public const string Archive = "archive";

    public static readonly string[] OtherPurposes = [Checks, Hook.FolderName];
    public static readonly string[] Rollback = ["rollback", "rollbacks"];

    /// <summary>Folders whose scripts undo others: never proposed as migration folders.</summary>
    public static readonly string[] Undo = [.. Rollback, "down", "downs", "undo", "undos", "revert", "reverts", "downgrade"];

    public static readonly string[] Up = ["up", "ups", "deploy", "upgrade"];

    /// <summary>The scripts of a migration that has a folder of its own.</summary>
    public static readonly string[] OwnScripts = ["up", "down", "migration"];

    /// <summary>
    /// Migrations in other languages: other tools run them in order with the SQL ones, so leaving them out would break that order.
    /// </summary>
    public static readonly string[] Languages =
    [
        ".go",
        ".js",
        ".mjs",
        ".cjs",
        ".ts",
        ".py",
        ".rb",
        ".php",
        ".java",
        ".kt",
        ".cs",
        ".ex",
        ".exs",
        ".sh",
        ".xml",
        ".yaml",
        ".yml",
    ];

    public static bool Contains(string[] names, string name) =>
        Array.Exists(names, n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
}
