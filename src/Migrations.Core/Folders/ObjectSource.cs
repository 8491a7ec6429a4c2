namespace Migrations.Folders;

/// <summary>Migrations that are objects of the application, alone or together with those of another source.</summary>
/// <param name="objects">The objects.</param>
/// <param name="other">The other source; null without one.</param>
internal sealed class ObjectSource(IReadOnlyList<CodeMigration> objects, MigrationSource? other) : MigrationSource(other?.Name ?? "code")
{
    public override string? Folder => other?.Folder;

    public override MigrationSource Under(string place) => new ObjectSource(objects, other?.Under(place));

    internal override MigrationFolder Read(FolderOptions options, CancellationToken cancellationToken)
    {
        var read = other?.Read(options, cancellationToken) ?? new MigrationFolder { Path = Name, Migrations = [] };
        List<Migration> all = [.. read.Migrations, .. objects.Select(o => o.ToMigration(Name, options.IdentityByName))];
        var doubles = all.GroupBy(m => m.Key).Where(g => g.Count() > 1).ToList();
        return doubles.Count == 0
            ? read with
            {
                Migrations =
                [
                    .. all.Where(m => m.Version is not null).OrderBy(m => m.Version).ThenBy(m => m.FullName, StringComparer.Ordinal),
                    .. all.Where(m => m.Version is null),
                ],
            }
            : throw new FolderException(Name, [.. doubles.Select(Double)]);
    }

    private static FileProblem Double(IGrouping<MigrationKey, Migration> same) =>
        new(
            ErrorId.MigrationDuplicate,
            new ScriptLocation(same.Last().Up.File, 1),
            $"The migration has the same version as '{same.First()}'.",
            "Give one of the two another version."
        );
}
