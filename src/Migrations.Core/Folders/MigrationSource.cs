using System.Reflection;
using Migrations.Folders;

namespace Migrations;

/// <summary>Where migrations come from: a folder, scripts that an assembly carries as embedded resources, or objects.</summary>
public abstract class MigrationSource
{
    private protected MigrationSource(string name) => Name = name;

    /// <summary>The source as results and messages name it: the folder's path, or <c>App.dll:App.Migrations</c>.</summary>
    public string Name { get; }

    /// <summary>The folder's path; null for a source that is no folder.</summary>
    public virtual string? Folder => null;

    /// <summary>The migrations of a folder.</summary>
    /// <param name="path">The folder. A relative path starts from the current directory.</param>
    public static MigrationSource FromFolder(string path) => new FolderSource(path);

    /// <summary>
    /// The migrations that an assembly carries as embedded resources (<c>&lt;EmbeddedResource Include="Migrations/*.sql" /&gt;</c>): those
    /// whose names begin with the prefix. What follows it is the file's name, in any layout that keeps both scripts in one folder; scripts
    /// in a folder <c>rollback</c> below it count too.
    /// </summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="prefix">The beginning of the resources' names, for example <c>App.Migrations</c>.</param>
    public static MigrationSource Embedded(Assembly assembly, string prefix) => new EmbeddedSource(assembly, prefix);

    /// <summary>Migrations that are objects of the application.</summary>
    /// <param name="migrations">The migrations, in any order.</param>
    public static MigrationSource Of(params CodeMigration[] migrations) => new ObjectSource(Given(migrations), other: null);

    /// <summary>The migrations of this source, and objects of the application between them.</summary>
    /// <param name="migrations">The objects; each has its place by its version.</param>
    public MigrationSource With(params CodeMigration[] migrations) => new ObjectSource(Given(migrations), this);

    /// <summary>This source, with its folder, where it has one, starting from another place than the current directory.</summary>
    /// <param name="place">The path from which a relative folder starts.</param>
    public virtual MigrationSource Under(string place) => this;

    /// <summary>The migrations of a folder, as <see cref="FromFolder"/> names them.</summary>
    public static implicit operator MigrationSource(string folder) => FromFolder(folder);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static CodeMigration[] Given(CodeMigration[] migrations)
    {
        ArgumentNullException.ThrowIfNull(migrations);
        return Array.TrueForAll(migrations, m => m is not null)
            ? [.. migrations]
            : throw new ArgumentException("One of the migrations is null.", nameof(migrations));
    }

    /// <summary>Reads all migrations and checks them.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.FolderMissing"/>: there is nothing of that name.</exception>
    /// <exception cref="FolderException">Scripts are invalid; all of them are listed, each with its fix.</exception>
    internal abstract MigrationFolder Read(FolderOptions options, CancellationToken cancellationToken);
}
