namespace Migrations.Planning;

/// <summary>Finds the migration that a user means by a version, a semantic version or a name.</summary>
public static class MigrationResolver
{
    /// <summary>Finds one migration.</summary>
    /// <param name="migrations">The folder's migrations.</param>
    /// <param name="text">A version (<c>3</c> means <c>003</c>), a full name (<c>003_add_tags</c>, with or without <c>.sql</c>), a semantic
    /// version, or a name alone.</param>
    /// <exception cref="PlanException"><see cref="ErrorId.MigrationUnknown"/> or <see cref="ErrorId.MigrationAmbiguous"/>.</exception>
    public static Migration Find(IReadOnlyList<Migration> migrations, string text)
    {
        // In this order, so that a longer and surer form is never read as a shorter one.
        Func<Migration, bool>[] readings =
        [
            m => Is(m.FullName, text) || Is(Path.GetFileName(m.Up.File), text),
            m => MigrationVersion.TryParse(text, out var version) && m.Version == version && m.Version.PartCount == version.PartCount,
            m => Is(m.Header.SemanticVersion, text) || Is(m.Header.SemanticVersion, text.TrimStart('v', 'V')),
            // As numbers 1.0.0 and 001 are the same; who writes the one hardly means the other, and never where a migration bears it as its
            // semantic version.
            m => MigrationVersion.TryParse(text, out var version) && m.Version == version,
            m => Is(m.Name, text),
            // What was replaced by a squash means the squash.
            m => m.Header.Replaces.Any(r => Is(r.Name, text)),
            m => MigrationVersion.TryParse(text, out var version) && m.Header.Replaces.Any(r => r.Version == version),
        ];
        foreach (var reading in readings)
        {
            var found = migrations.Where(reading).ToList();
            // A squash has the version of the last migration that it replaces; where that one has run, it is meant.
            if (found.Count > 1)
                found.RemoveAll(m => m.IsSquashRecord);
            if (found.Count == 1)
                return found[0];
            if (found.Count > 1)
            {
                throw new PlanException(
                    ErrorId.MigrationAmbiguous,
                    $"'{text}' is ambiguous: {string.Join(", ", found)}.",
                    $"Use the full name, for example '{found[0].FullName}'.",
                    [.. found.Select(m => m.FullName)]
                );
            }
        }

        throw Unknown(migrations, text);
    }

    private static bool Is(string? value, string text) =>
        value is not null && string.Equals(value, text, StringComparison.OrdinalIgnoreCase);

    private static PlanException Unknown(IReadOnlyList<Migration> migrations, string text)
    {
        var near = migrations.Select(m => m.FullName).MinBy(name => NearName.Distance(name, text));
        return new PlanException(
            ErrorId.MigrationUnknown,
            $"No migration in the folder has the version or name '{text}'.",
            near is null
                ? Advice.Of($"The folder contains no migrations: check {CallOption.Path}.")
                : $"Did you mean '{near}'? '{Call.Status}' lists them all.",
            []
        );
    }
}
