using System.Text;
using Migrations.Folders;
using Xunit;

namespace Migrations.Core.Tests.Folders;

/// <summary>A migration folder on disk, gone when disposed.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("migrations-").FullName;

    /// <summary>The full path of a file or folder in it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes files with one statement each.</summary>
    public TemporaryFolder With(params string[] names)
    {
        foreach (var name in names)
            Write(name, "SELECT 1;\n");
        return this;
    }

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public MigrationFolder Read(MigrationLayout? layout = null, bool identityByName = false) =>
        MigrationFolderReader.Read(Path, new FolderOptions { Layout = layout, IdentityByName = identityByName }, CancellationToken.None);

    /// <summary>The one migration of the folder.</summary>
    public Migration Single() => Assert.Single(Read().Migrations);

    public IReadOnlyList<FileProblem> Problems(MigrationLayout? layout = null, bool identityByName = false) =>
        Assert.Throws<FolderException>(() => Read(layout, identityByName)).Problems;

    /// <summary>The one problem of the folder.</summary>
    public FileProblem Problem(MigrationLayout? layout = null) => Assert.Single(Problems(layout));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
