using System.Globalization;

namespace Migrations.Backup;

/// <summary>
/// A folder for temporary files that only its user may enter, with a locked file in it as long as its process lives. What a killed process
/// left behind is distinguished from what is in use, and removed by the next one.
/// </summary>
internal sealed class OwnedFolder : IDisposable
{
    private const string TimeFormat = "yyyyMMddHHmmss";
    private const int MostAttempts = 10;

    // A folder without a lock is one of an older version, or was killed between two instructions.
    private static readonly TimeSpan UnlockedAge = TimeSpan.FromDays(1);

    private readonly FileStream _lock;

    private OwnedFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Creates one among the temporary files, and removes what killed processes left there under the same prefix.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static OwnedFolder Create(string prefix)
    {
        for (var attempt = 1; ; attempt++)
        {
            var name = string.Create(
                CultureInfo.InvariantCulture,
                $"{prefix}{DateTime.UtcNow.ToString(TimeFormat, CultureInfo.InvariantCulture)}-{Guid.NewGuid():N}"
            );
            var path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), name);
            OwnerOnly.CreateFolder(path);
            try
            {
                var made = new OwnedFolder(path, LockedFile.Create(path));
                // Where the file system does not lock, nothing is known of the others.
                if (!LockedFile.IsFree(path))
                    RemoveLeftovers(prefix);
                return made;
            }
            catch (IOException) when (attempt < MostAttempts)
            {
                // Another process took the folder for a leftover, just before it was locked.
                _ = FolderAccess.TryDelete(path);
            }
        }
    }

    /// <summary>
    /// The folders of a prefix whose process is dead, and those of which that is not known and that are older than a day.
    /// </summary>
    public static IReadOnlyList<string> FindLeftovers(string prefix)
    {
        var limit = DateTime.UtcNow - UnlockedAge;
        return [.. Folders(prefix).Where(f => HasLock(f) ? LockedFile.IsFree(f) : MadeAt(f, prefix) < limit).Order(StringComparer.Ordinal)];
    }

    /// <summary>Removes it with the files in it.</summary>
    /// <returns>Why it is still there; null when it is gone.</returns>
    public string? TryDelete()
    {
        try
        {
            Delete();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Once the lock is free, another process may be faster.
            return Directory.Exists(Path) ? e.Message : null;
        }
    }

    /// <summary>Gives it up, with whatever is in it.</summary>
    public void Dispose() => _lock.Dispose();

    private void Delete()
    {
        foreach (var file in Directory.GetFiles(Path).Where(f => !string.Equals(f, _lock.Name, StringComparison.Ordinal)))
            File.Delete(file);
        Dispose();
        File.Delete(_lock.Name);
        Directory.Delete(Path);
    }

    private static void RemoveLeftovers(string prefix)
    {
        foreach (var folder in Folders(prefix).Where(HasLock))
            _ = LockedFile.TryRemove(folder);
    }

    private static IEnumerable<string> Folders(string prefix)
    {
        try
        {
            return Directory.GetDirectories(System.IO.Path.GetTempPath(), prefix + "*").Where(f => MadeAt(f, prefix) < DateTime.MaxValue);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool HasLock(string folder) => File.Exists(System.IO.Path.Combine(folder, LockedFile.Name));

    private static DateTime MadeAt(string folder, string prefix)
    {
        var rest = System.IO.Path.GetFileName(folder).AsSpan(prefix.Length);
        return
            rest.Length > TimeFormat.Length
            && DateTime.TryParseExact(
                rest[..TimeFormat.Length],
                TimeFormat,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var time
            )
            ? time
            : DateTime.MaxValue;
    }
}
