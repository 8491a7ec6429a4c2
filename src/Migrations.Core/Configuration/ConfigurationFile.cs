using System.Text;
using Migrations.Folders;

namespace Migrations.Configuration;

/// <summary>
/// Finds the configuration file, and reads it. One that is found and not named must be the user's own: a file says which databases are
/// changed, and whoever can write it above a folder could say so for everyone who works there.
/// </summary>
public static class ConfigurationFile
{
    private const long MostBytes = 1024 * 1024;

    /// <summary>The configuration that holds in a folder; null without one.</summary>
    /// <param name="named">The file that is named on the command line; null when none is, and <c>MIGRATIONS_CONFIG</c> counts, then what
    /// is found in the folder or above.</param>
    /// <param name="folder">The current folder.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.ConfigurationMissing"/>, <see cref="ErrorId.ConfigurationUntrusted"/> or
    /// <see cref="ErrorId.ConfigurationInvalid"/>.</exception>
    public static MigrationConfiguration? Open(string? named, string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if ((named ?? EnvironmentSettings.Configuration) is { } path)
            return Read(Path.GetFullPath(path, folder));
        if (Find(folder) is not { } found)
            return null;
        // A link that leads nowhere has no owner; reading it says so.
        if (FindMissingTarget(found) is null)
            Trust(found);
        return Read(found);
    }

    /// <summary>
    /// The file in a folder or above it; null without one. Nothing above a repository or the home folder is looked at.
    /// </summary>
    public static string? Find(string folder)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile).TrimEnd(Path.DirectorySeparatorChar);
        for (var place = Path.GetFullPath(folder); place is not null; place = Path.GetDirectoryName(place))
        {
            var path = Path.Combine(place, MigrationConfiguration.FileName);
            if (File.Exists(path))
                return path;
            if (
                Path.Exists(Path.Combine(place, ".git"))
                || string.Equals(place.TrimEnd(Path.DirectorySeparatorChar), home, StringComparison.Ordinal)
            )
                return null;
        }

        return null;
    }

    private static MigrationConfiguration Read(string path) =>
        ConfigurationReader.Read(
            path,
            ReadNodes(
                path,
                "configuration file",
                CallOption.Config,
                $"Correct the path, or create a file with: {Call.Config.With(CallOption.New)}"
            )
        );

    /// <summary>Reads a file of JSON, of which every node knows its place.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="option">The option that names it.</param>
    /// <param name="missing">What to do when it does not exist.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.ConfigurationMissing"/> or <see
    /// cref="ErrorId.ConfigurationInvalid"/>.</exception>
    internal static ConfigurationNode ReadNodes(string path, string what, CallOption option, Advice missing)
    {
        byte[] bytes;
        try
        {
            if (FindMissingTarget(path) is { } there)
                throw new MigrationException(
                    ErrorId.ConfigurationMissing,
                    $"The {what} '{path}' is a link to '{there}', which does not exist.",
                    "Correct or remove the link."
                );
            if (!File.Exists(path))
            {
                if (ClosedFolder.Find(path) is { } closed)
                    throw ConfigurationError.At(
                        new ScriptLocation(path, 1, 1),
                        $"The file cannot be read: access to the folder '{closed}' is denied.",
                        ClosedFolder.Way
                    );
                throw new MigrationException(
                    ErrorId.ConfigurationMissing,
                    Directory.Exists(path) ? $"'{path}' is a folder, not a {what}." : $"The {what} '{path}' does not exist.",
                    missing
                );
            }

            RegularFile.Require(path);
            if (new FileInfo(path).Length > MostBytes)
                throw ConfigurationError.At(new ScriptLocation(path, 1, 1), "The file is larger than 1 MB.", $"Name a {what}.");
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ConfigurationError.At(
                new ScriptLocation(path, 1, 1),
                $"The file cannot be read: {e.Message}",
                $"Correct its rights, or name another file with {option}.",
                e
            );
        }

        if (Utf8Check.FindProblem(path, bytes, position: 0, line: 1) is { } problem)
            throw ConfigurationError.At(WithColumn(problem.Location, bytes), problem.Message, problem.Remedy);
        return ConfigurationNodeReader.Read(path, bytes.AsSpan()[Utf8Check.MarkLength(bytes)..]);
    }

    private static ScriptLocation WithColumn(ScriptLocation place, ReadOnlySpan<byte> bytes)
    {
        var before = bytes[..(Utf8Check.FindOffset(bytes) ?? 0)];
        var line = before[(before.LastIndexOf((byte)'\n') + 1)..];
        return place with { Column = Encoding.UTF8.GetCharCount(line) + 1 };
    }

    /// <summary>Where a link leads that leads nowhere; null for all else.</summary>
    private static string? FindMissingTarget(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is { } target && file.ResolveLinkTarget(returnFinalTarget: true) is { Exists: false } ? target : null;
    }

    private static void Trust(string path)
    {
        if (OperatingSystem.IsWindows() || ConfigurationTrust.FindDoubt(path) is not { } doubt)
            return;
        throw new MigrationException(
            ErrorId.ConfigurationUntrusted,
            $"The configuration file '{path}' was found, but {doubt}, so it is not used unless you name it.",
            $"If you trust it, name it: {CallOption.Config.Of(path)}, or MIGRATIONS_CONFIG. Otherwise remove it, or work in another folder."
        );
    }
}
