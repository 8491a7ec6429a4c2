namespace Migrations;

/// <summary>
/// A migration whose halves are methods of the application. It is applied, shown and undone like any other, in one transaction with its row
/// of the history. No rehearsal, check or comparison runs it unless it is asked for.
/// </summary>
public sealed class CodeMigration
{
    private readonly Func<CodeContext, Task> _up;
    private readonly Func<CodeContext, Task>? _down;

    /// <summary>A migration.</summary>
    /// <param name="version">The version: <c>003</c>, <c>20251019143000</c>, <c>1.2</c>.</param>
    /// <param name="name">What it does, as a file would be named: <c>split_names</c>.</param>
    /// <param name="up">Applies it.</param>
    /// <param name="down">Undoes it; null when it cannot be undone.</param>
    /// <exception cref="ArgumentException">The version is malformed, or the name is empty or has control characters.</exception>
    public CodeMigration(string version, string name, Func<CodeContext, Task> up, Func<CodeContext, Task>? down = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Any(char.IsControl))
            throw new ArgumentException("The name has a control character, such as a line break.", nameof(name));
        ArgumentNullException.ThrowIfNull(up);
        Version = MigrationVersion.TryParse(version, out var parsed)
            ? parsed
            : throw new ArgumentException($"'{version}' is no version: use digits, in parts between dots.", nameof(version));
        Name = name;
        (_up, _down) = (up, down);
    }

    /// <summary>A migration whose methods do not wait.</summary>
    /// <param name="version">The version.</param>
    /// <param name="name">What it does.</param>
    /// <param name="up">Applies it.</param>
    /// <param name="down">Undoes it; null when it cannot be undone.</param>
    /// <exception cref="ArgumentException">The version is malformed, or the name is empty or has control characters.</exception>
    public CodeMigration(string version, string name, Action<CodeContext> up, Action<CodeContext>? down = null)
        : this(version, name, Wrapped(up)!, Wrapped(down)) { }

    /// <summary>Its version.</summary>
    public MigrationVersion Version { get; }

    /// <summary>Its name without the version.</summary>
    public string Name { get; }

    /// <summary>What the history shows of it.</summary>
    public string? Description { get; init; }

    /// <summary>
    /// What identifies its content, for example a hash or a number that is raised with each change: an applied migration whose value is
    /// another one counts as changed. Null: whether it was changed is not known, and is not asked.
    /// </summary>
    public string? Checksum { get; init; }

    /// <summary>Versions or names of migrations that must be applied before it.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>The environments in which it runs; empty: in all.</summary>
    public IReadOnlyList<string> Environments { get; init; } = [];

    /// <summary>Whether SQLite enforces foreign keys while it runs; without, they are checked at its end.</summary>
    public bool EnforcesForeignKeys { get; init; } = true;

    /// <inheritdoc/>
    public override string ToString() => $"{Version}_{Name}";

    /// <summary>The migration as the engine knows it.</summary>
    /// <param name="source">The source, for messages.</param>
    /// <param name="byName">Whether migrations are known by name.</param>
    internal Migration ToMigration(string source, bool byName)
    {
        var header = MigrationHeader.Empty with
        {
            Description = Description,
            DependsOn = DependsOn,
            Environments = Environments,
            ForeignKeys = EnforcesForeignKeys ? null : false,
            StoreScript = false,
        };
        return new Migration
        {
            Key = byName ? MigrationKey.Of(ToString()) : MigrationKey.Of(Version),
            Version = Version,
            Name = Name,
            FullName = ToString(),
            Layout = MigrationLayout.Sections,
            Up = ToScript(source, header, _up),
            Down = _down is null ? null : ToScript(source, header, _down),
        };
    }

    private MigrationScript ToScript(string source, MigrationHeader header, Func<CodeContext, Task> run) =>
        new()
        {
            File = $"{source}/{this}",
            Offset = 0,
            Length = 0,
            Checksum = Checksum ?? "",
            IsEmpty = false,
            Header = header,
            Kept = [],
            Code = new MigrationCode(MigrationKind.Code, run),
        };

    private static Func<CodeContext, Task>? Wrapped(Action<CodeContext>? action) =>
        action is null
            ? null
            : context =>
            {
                action(context);
                return Task.CompletedTask;
            };
}
