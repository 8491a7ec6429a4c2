namespace Migrations;

/// <summary>
/// What the history knows a migration by: its version, or its name for repeatable migrations and folders with <c>"identity": "name"</c>.
/// </summary>
/// <param name="Text">The key as text; version keys and name keys never meet.</param>
public readonly record struct MigrationKey(string Text)
{
    /// <summary>The key of a versioned migration.</summary>
    public static MigrationKey Of(MigrationVersion version) => new(version.Key);

    /// <summary>The key of a migration known by its name.</summary>
    public static MigrationKey Of(string name) => new("name:" + name);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
