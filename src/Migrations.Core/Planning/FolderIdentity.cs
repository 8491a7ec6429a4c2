using System.Globalization;

namespace Migrations.Planning;

/// <summary>Refuses a folder that is not the one of the history, and files that stand where another migration was applied. Pure.</summary>
internal static class FolderIdentity
{
    private const int NamesShown = 5;

    /// <summary>Looks at the whole folder.</summary>
    /// <param name="input">Folder and history.</param>
    /// <param name="goOn">Whether applied migrations may be missing from the folder, even all of them.</param>
    public static void Check(PlanningInput input, bool goOn = false)
    {
        if (Find(input, goOn) is { } error)
            throw error;
    }

    /// <summary>Looks at what concerns some applied migrations.</summary>
    public static void Check(PlanningInput input, Func<MigrationKey, bool> concerns)
    {
        if (Find(input, concerns) is { } error)
            throw error;
    }

    /// <summary>What is wrong with the whole folder; null when it is that of the history.</summary>
    public static PlanException? Find(PlanningInput input, bool goOn = false) =>
        input.ServiceProblem ?? OtherFolder(input, goOn) ?? Find(input, _ => true);

    private static PlanException? Find(PlanningInput input, Func<MigrationKey, bool> concerns)
    {
        var replaced = input.Match.Replaced.Where(r => concerns(r.Record.Key)).ToList();
        if (replaced.Count > 0)
            return Replaced(input, replaced);
        var renumbered = input.Match.Renamed.Where(r => r.IsRenumbered && concerns(r.Record.Key)).ToList();
        return renumbered.Count > 0 ? Renumbered(renumbered) : null;
    }

    /// <summary>The error about a folder that holds none of the applied migrations; null when it holds one.</summary>
    /// <param name="input">Folder and history.</param>
    /// <param name="goOn">Whether all may be missing, as long as none of their versions is used again.</param>
    public static PlanException? OtherFolder(PlanningInput input, bool goOn = false)
    {
        if (!input.Match.IsOtherFolder || (goOn && input.Match.Replaced.Count == 0))
            return null;
        var applied = input.Missing.Where(r => r.Version is not null).Select(r => r.Name).ToList();
        var there = input.Migrations.Select(m => m.FullName).ToList();
        return new PlanException(
            ErrorId.OtherFolder,
            $"{Folder(input)} contains none of the migrations that were applied to this database. The history has "
                + $"{Names(applied)}; the folder has"
                + $" {(there.Count == 0 ? "no migrations" : Names(there))}.",
            IsThisRight(input)
                + (
                    input.Match.Replaced.Count > 0
                        ? "If it is, restore the files of the applied migrations, and give the new ones unused versions."
                        : Advice.Of(
                            $"If it is, restore the files of the applied migrations; or continue without them with "
                                + $"'{Call.Up.With(CallOption.SkipChecksum)}' (recorded in the history)."
                        )
                ),
            applied
        );
    }

    /// <summary>The error about files whose version was applied as another migration.</summary>
    public static PlanException Replaced(PlanningInput input, IReadOnlyList<RenamedMigration> replaced)
    {
        var pairs = replaced.Select(r => $"{r.Record.Name} (the folder has {r.Migration})").ToList();
        // A renumbered one ran, under another version.
        var never = replaced.Where(r => input.RecordOf(r.Migration) is not { IsApplied: true }).Select(r => r.Migration.FullName).ToList();
        var (file, record) = (replaced[0].Migration, replaced[0].Record);
        return new PlanException(
            ErrorId.OtherMigration,
            "The version was applied as a different "
                + $"migration: {Names(pairs)}."
                + (never.Count == 0 ? "" : $" {Names(never)} never ran on this database."),
            IsThisRight(input)
                + $"If it is, give {file} an unused version, and restore the file of {record.Name}."
                + $" If {file} is {record.Name}, renamed and edited: rename it back, and accept the edit with "
                + $"'{Call.Repair.On(record.Name)}'.",
            [.. replaced.Select(r => r.Migration.FullName)]
        );
    }

    /// <summary>
    /// A warning about a folder that the history knows as that of another service, before the first of this one is applied; otherwise null.
    /// </summary>
    public static Advice? ServiceWarning(PlanningInput input) =>
        input.OtherService is { } service && input.History.Records.Count == 0
            ? Advice.Of($"Nothing has been applied to this database for this service. {Known(service)}")
            : null;

    private static Advice Known(string service) =>
        service.Length == 0
            ? Advice.Of($"The history has migrations of this folder without a service: omit {CallOption.Service}.")
            : $"The history has migrations of this folder under the service '{service}': {CallOption.Service.Of(service)}.";

    private static PlanException Renumbered(IReadOnlyList<RenamedMigration> renumbered) =>
        new(
            ErrorId.MigrationRenamed,
            "Applied to this database under another version or name: "
                + $"{Names([.. renumbered.Select(r => $"{r.Migration} (as {r.Record.Name})")])}."
                + " The script is the same; the new name is not recorded in the history yet.",
            $"Record it with '{Call.Repair.On(renumbered[0].Migration)}'; then run the command again.",
            [.. renumbered.Select(r => r.Migration.FullName)]
        );

    private static Advice IsThisRight(PlanningInput input) =>
        input.OtherService is { } service ? Advice.Of($"Is this the right service? {Known(service)} ")
        : input.BetterFolder is { } better
            ? Advice.Of($"Is this the right folder? Another one matches the history better: {CallOption.Path.Of(better)}. ")
        : $"Is this the right folder? Specify another one with {CallOption.Path}. ";

    private static string Folder(PlanningInput input) => input.Folder is { } folder ? $"The folder '{folder}'" : "The folder";

    private static string Names(IReadOnlyList<string> names) =>
        names.Count <= NamesShown
            ? string.Join(", ", names)
            : string.Join(", ", names.Take(NamesShown))
                + string.Create(CultureInfo.InvariantCulture, $" and {names.Count - NamesShown} more");
}
