using Migrations.Folders;
using Migrations.Variables;

namespace Migrations.Running;

/// <summary>The hooks that a call runs with migrations.</summary>
internal static class HooksOfCall
{
    /// <summary>Reads them; none where the call leaves them out.</summary>
    /// <param name="read">The migration folder.</param>
    /// <param name="options">The call's options.</param>
    /// <param name="warn">Takes what is allowed but worth a warning.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="FolderException">Files of hooks are bad; all of them are named.</exception>
    public static IReadOnlyList<Hook> Read(
        MigrationFolder read,
        MigratorOptions options,
        Action<Advice> warn,
        CancellationToken cancellationToken
    )
    {
        if (options.Folder.NoHooks)
            return [];
        var own = Path.Combine(read.Path, Hook.FolderName);
        if (options.Folder.Hooks is { } named && read.HookFiles.Count > 0 && !named.Equals(own, StringComparison.Ordinal))
            warn($"The hooks in '{own}' are left out, because the configuration names those in '{named}'.");
        return
        [
            .. HookReader
                .Read(read, options.Folder, problem => warn(problem.ToString()), cancellationToken)
                .Select(h => h with { Script = VariableBinding.WithCode(h.Script, options.Folder) })
                // As a migration, a hook may be meant for some environments only.
                .Where(h =>
                    h.Script.Header.Environments.Count == 0
                    || (options.Environment is { } here && h.Script.Header.Environments.Contains(here, StringComparer.OrdinalIgnoreCase))
                ),
        ];
    }
}
