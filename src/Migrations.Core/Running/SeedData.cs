namespace Migrations.Running;

/// <summary>Data for development, which a folder has in a file of its own.</summary>
internal static class SeedData
{
    /// <summary>It has no place in an environment that requires confirmation.</summary>
    /// <param name="isProtected">Whether the environment requires it.</param>
    /// <param name="force">Whether the seed is run all the same.</param>
    /// <param name="environment">The environment's name.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.SeedRefused"/>.</exception>
    public static void Demand(bool isProtected, bool force, string? environment)
    {
        if (isProtected && !force)
            throw new MigrationException(
                ErrorId.SeedRefused,
                $"Seed data is not run in the environment '{environment}', which requires confirmation. Nothing was done.",
                "Leave out --seed; or run the seed there all the same with --force."
            );
    }
}
