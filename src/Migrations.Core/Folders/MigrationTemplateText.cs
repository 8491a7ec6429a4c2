using System.Globalization;

namespace Migrations.Folders;

/// <summary>What stands in the files of a new migration.</summary>
internal sealed class MigrationTemplateText(string number, string name, string description, DateTimeOffset now, SectionDialect dialect)
{
    private const string FirstVersionFolder = "0.1";

    /// <summary>The number.</summary>
    public string Number => number;

    /// <summary>Whether no down script is requested.</summary>
    public bool Irreversible { get; init; }

    /// <summary>What stands in both scripts; null for a hint to write it.</summary>
    public (string Up, string Down)? Scripts { get; init; }

    /// <summary>The files, as paths inside the migration folder, the up script first.</summary>
    public IReadOnlyList<(string Path, string Text)> Files(TemplatePlace place)
    {
        var layout = Layout(place);
        var up = MigrationFileName.Compose(layout, number, name, down: false);
        if (place.IsWhole)
            up = up.Replace("/up.sql", "/migration.sql", StringComparison.Ordinal);
        var folder = layout == MigrationLayout.VersionFolders ? (place.VersionFolder ?? FirstVersionFolder) + "/" : "";
        if (layout == MigrationLayout.Sections)
            return [(up, Header(up, description) + Section(down: false) + (Irreversible ? "" : "\n" + Section(down: true)))];
        if (Irreversible)
            return [(folder + up, Header(up, description) + Hint(down: false))];
        // Only versioned names have underscores in a number.
        var down =
            place.UndoApart && layout == MigrationLayout.Versioned
                ? MigrationFileName.Compose(MigrationLayout.RollbackFolder, number.Replace('_', '.'), name, down: true)
                : MigrationFileName.Compose(layout, number, name, down: true);
        // Scripts whose undo is in a folder of its own have this line by custom; without its counterpart it is a comment.
        var heading = layout == MigrationLayout.RollbackFolder ? SectionMarker.Write(SectionDialect.Plain, down: false) + "\n" : "";
        return
        [
            (folder + up, Header(up, description) + heading + Hint(down: false)),
            (folder + down, Header(up, "Undo: " + description) + Hint(down: true)),
        ];
    }

    /// <summary>The file of a migration in PowerShell, which has both halves.</summary>
    public (string Path, string Text) PowerShell()
    {
        var full = $"{number.Replace('_', '.')}_{name}";
        var header = Header(full + ".sql", description).Replace("-- ", "# ", StringComparison.Ordinal);
        return (full + PowerShellFile.Extension, header + PowerShellHalf("up") + (Irreversible ? "" : "\n" + PowerShellHalf("down")));
    }

    private static string PowerShellHalf(string half) =>
        $$"""
            function {{half}} {
                $command = $Connection.CreateCommand()
                $command.Transaction = $Transaction
                $command.CommandText = '{{(half is "up" ? "Write a statement of the migration here." : "Write what rolls it back here.")}}'
                $null = $command.ExecuteNonQuery()
            }

            """;

    private static MigrationLayout Layout(TemplatePlace place) =>
        place.UndoApart && place.Layout is not (MigrationLayout.Versioned or MigrationLayout.FolderEach or MigrationLayout.VersionFolders)
            ? MigrationLayout.RollbackFolder
            : place.Layout;

    private string Header(string up, string text)
    {
        var full = up.Contains('/', StringComparison.Ordinal)
            ? up[..up.IndexOf('/', StringComparison.Ordinal)]
            : up.Replace(".up.sql", "", StringComparison.Ordinal).Replace(".sql", "", StringComparison.Ordinal);
        return $"-- Migration: {full}\n-- Created: {now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}\n"
            + $"-- Description: {OneLine(text)}\n"
            + (Irreversible ? "-- Irreversible: yes\n\n" : "\n");
    }

    private string Section(bool down) => SectionMarker.Write(dialect, down) + "\n" + Hint(down);

    private string Hint(bool down) =>
        Scripts is { } scripts
            ? down
                ? scripts.Down
                : scripts.Up
            : down
                ? "-- Write the statements that roll the migration back here.\n"
                : "-- Write the statements of the migration here.\n";

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
