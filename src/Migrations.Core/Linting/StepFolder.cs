using Migrations.Folders;

namespace Migrations.Linting;

/// <summary>A copy of a migration folder in which steps are written, and from which they go into the folder once they are proven.</summary>
internal sealed class StepFolder : IDisposable
{
    private readonly string _folder;
    private readonly string _root = Directory.CreateTempSubdirectory("migrations-rewrite-").FullName;
    private readonly List<string> _changed = [];

    /// <param name="folder">The folder.</param>
    public StepFolder(string folder)
    {
        _folder = System.IO.Path.GetFullPath(folder);
        Path = System.IO.Path.Combine(_root, System.IO.Path.GetFileName(_folder));
        Directory.CreateDirectory(Path);
        foreach (var file in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
        {
            var to = System.IO.Path.Combine(Path, System.IO.Path.GetRelativePath(_folder, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
    }

    /// <summary>The copy.</summary>
    public string Path { get; }

    /// <summary>The files of the folder that would be written, with their full paths.</summary>
    public IReadOnlyList<string> Changed => [.. _changed.Select(f => System.IO.Path.Combine(_folder, f))];

    /// <summary>Writes the steps into the copy.</summary>
    public void Write(Migration migration, StepFiles steps)
    {
        Put(System.IO.Path.Combine(Path, System.IO.Path.GetRelativePath(_folder, migration.Up.File)), steps.Text);
        var (now, name) = (DateTimeOffset.UtcNow, migration.Name.Length == 0 ? "step" : migration.Name);
        for (var i = 0; i < steps.Following.Count; i++)
        {
            var step = steps.Following[i];
            var named = step.What is "step" ? $"{name}_step_{i + 2}" : $"{name}_{step.What}";
            // A second apart, where numbers are times.
            var files = MigrationTemplate.Create(Path, named, new CreateOptions(), now.AddSeconds(i));
            Put(files[0], step.Text);
            foreach (var down in files.Skip(1))
            {
                if (migration.HasUndo)
                    Put(down, $"-- The down script of {migration} takes all of its steps back.\nSELECT 1;\n");
                else
                    File.Delete(down);
            }
        }
    }

    /// <summary>Takes what was written into the folder.</summary>
    /// <returns>The files, with their full paths.</returns>
    /// <exception cref="MigrationException">They cannot be written.</exception>
    public IReadOnlyList<string> Commit()
    {
        try
        {
            foreach (var file in _changed)
            {
                var to = System.IO.Path.Combine(_folder, file);
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(to)!);
                WholeFile.Write(to, File.ReadAllBytes(System.IO.Path.Combine(Path, file)));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.DiskFailed,
                $"The safe steps could not be written to '{_folder}': {e.Message}",
                "Make the folder writable, look at what was written already, and run the command again.",
                e
            );
        }

        return Changed;
    }

    private void Put(string file, string text)
    {
        File.WriteAllText(file, text);
        _changed.Add(System.IO.Path.GetRelativePath(Path, file));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
