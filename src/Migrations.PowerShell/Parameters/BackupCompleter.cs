using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using Migrations.Backup;

namespace Migrations.PowerShell;

/// <summary>
/// Completes the path of a backup: from the folder that is typed, else from that of <c>-From</c>, of the configuration, or the location;
/// the newest first. Reads the manifests, and asks no database.
/// </summary>
public sealed class BackupCompleter : IArgumentCompleter
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
        try
        {
            var word = (wordToComplete ?? "").Trim('\'', '"');
            var place = new CompletionPlace(fakeBoundParameters);
            var typed = Path.GetDirectoryName(word);
            // A path that is typed is completed as it is; one that is found is written so that it leads there from the location.
            var isTyped = !string.IsNullOrEmpty(typed);
            var folder = isTyped ? place.PathOf(typed!) : FolderOf(place);
            var begin = isTyped ? typed! : Path.GetRelativePath(place.Location, folder);
            return
            [
                .. Read(folder)
                    .Where(b => Path.GetFileName(b.Path).StartsWith(Path.GetFileName(word), StringComparison.OrdinalIgnoreCase))
                    .Select(b =>
                        CompletionPlace.ResultOf(Path.Combine(begin, Path.GetFileName(b.Path)), Path.GetFileName(b.Path), About(b))
                    ),
            ];
        }
        catch (Exception e)
            when (e is MigrationException or RuntimeException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Completion is a courtesy: what is wrong with the folder is reported when the command runs.
            return [];
        }
    }

    private static string FolderOf(CompletionPlace place)
    {
        if (place.TextOf("From") is { } from)
            return place.PathOf(from);
        var selector = place.Selector;
        return selector.SettingsOf(service: null).BackupFolder is { } folder
            ? Path.GetFullPath(selector.References.Expand(folder), place.Configuration!.Folder)
            : place.Location;
    }

    private static IEnumerable<DatabaseBackup> Read(string folder) =>
        new BackupCatalogue(DatabaseDrivers.All)
            .ReadAsync(folder)
            .GetAwaiter()
            .GetResult()
            .Where(b => b is { IsGone: false, Manifest: not null });

    private static string About(DatabaseBackup backup) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{backup.Database}, {backup.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {(backup.Proven ? "proven" : "not proven")}"
        );
}
