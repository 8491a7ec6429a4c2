namespace Migrations;

/// <summary>A script of a folder of hooks: it runs at its point in every run.</summary>
/// <param name="Point">When it runs.</param>
/// <param name="Script">What it runs.</param>
public sealed record Hook(HookPoint Point, MigrationScript Script)
{
    /// <summary>The folder inside a migration folder, and the first part of the name that the history has for it.</summary>
    public const string FolderName = "hooks";

    /// <summary>What the history and messages call it: <c>hooks/before-run.sql</c>.</summary>
    public string Name { get; } = $"{FolderName}/{Point.Word()}{(Script.Code is null ? ".sql" : ".ps1")}";

    /// <summary>
    /// Whether it may work on the database through the run's connection: a script does, and code around a step that names the connection.
    /// </summary>
    internal bool HasConnection =>
        Script.Code is not { } code || (Point.IsOfStep() && code.Text.Contains("Connection", StringComparison.OrdinalIgnoreCase));

    /// <summary>The names of the hooks of a run that run with one of its steps, in order.</summary>
    /// <param name="hooks">The hooks that the run reaches.</param>
    /// <param name="number">Which step, from 1.</param>
    /// <param name="total">How many steps the run has.</param>
    /// <param name="hasEnded">Whether what runs after the last step counts.</param>
    internal static IReadOnlyList<string> NamesAt(IReadOnlyList<Hook> hooks, int number, int total, bool hasEnded) =>
        [
            .. hooks
                .Where(h =>
                    h.Point.IsOfStep()
                    || (h.Point == HookPoint.BeforeRun && number == 1)
                    || (h.Point == HookPoint.AfterRun && number == total && hasEnded)
                )
                .Select(h => h.Name),
        ];

    /// <inheritdoc/>
    public override string ToString() => Name;
}
