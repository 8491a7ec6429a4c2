using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Migrations.Folders;

namespace Migrations.PowerShell;

/// <summary>
/// Completes the name of a migration from the folder that the command line, or the configuration, names; only what can still be meant: not
/// one that stands in the same list already, and to undo none that has no undo. Asks no database.
/// </summary>
public sealed class MigrationCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters
    )
    {
        ArgumentNullException.ThrowIfNull(commandAst);
        ArgumentNullException.ThrowIfNull(fakeBoundParameters);
        try
        {
            var word = (wordToComplete ?? "").Trim('\'', '"');
            var read = MigrationFolderReader.Read(FindFolder(fakeBoundParameters), new FolderOptions(), CancellationToken.None);
            var named = Named(commandAst, word);
            return
            [
                .. read
                    .Migrations.Where(m => CanBeMeant(m, commandName, parameterName) && !named.Contains(m.FullName))
                    .Where(m => m.FullName.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                    .Select(m => CompletionPlace.ResultOf(m.FullName, m.FullName, m.Header.Description ?? "")),
            ];
        }
        catch (Exception e)
            when (e is MigrationException or RuntimeException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Completion is a courtesy: an invalid folder is reported when the command runs.
            return [];
        }
    }

    /// <summary>The texts that the command line has already; the word at the cursor is not among them.</summary>
    private static HashSet<string> Named(CommandAst command, string word) =>
        command
            .FindAll(part => part is StringConstantExpressionAst, searchNestedScriptBlocks: false)
            .Select(part => ((StringConstantExpressionAst)part).Value)
            .Where(text => !string.Equals(text, word, StringComparison.Ordinal))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static bool CanBeMeant(Migration migration, string command, string parameter) =>
        (command, parameter) switch
        {
            ("Undo-Migration", "Name") => migration.HasUndo,
            // What has no version has no place in the order.
            (_, "Target" or "To") => !migration.IsRepeatable,
            _ => true,
        };

    private static string FindFolder(IDictionary given)
    {
        var place = new CompletionPlace(given);
        if (place.TextOf("LiteralPath") is { } literal)
            return place.PathOf(literal);
        if (place.TextOf("Path") is not { } path)
            return place.Selector.MigrationFolder().Folder;
        using var shell = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand("Microsoft.PowerShell.Management\\Convert-Path").AddParameter("Path", path);
        return shell.Invoke<string>()[0];
    }
}
