using Migrations.Backup;
using Migrations.Core.Tests.Folders;
using Migrations.Databases;
using Xunit;

namespace Migrations.Core.Tests.Backup;

/// <summary>Names that are taken, manifests, hashes and compression, on a real disk.</summary>
public sealed class BackupFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_at_once_get_two_names()
    {
        using var first = BackupWorkspace.Take(_folder.Path, "shop_20250301_083022", ".db");
        using var second = BackupWorkspace.Take(_folder.Path, "shop_20250301_083022", ".db");
        Assert.Equal(_folder["shop_20250301_083022.db"], first.Final);
        Assert.Equal(_folder["shop_20250301_083022_2.db"], second.Final);
    }

    [Fact]
    public async Task Many_at_once_get_as_many_names()
    {
        var names = await Task.WhenAll(
            Enumerable
                .Range(0, 24)
                .Select(i =>
                    Task.Run(() =>
                    {
                        using var workspace = BackupWorkspace.Take(_folder.Path, "shop_20250301_083022", ".db");
                        File.WriteAllText(workspace["backup.db"], i.ToString());
                        BackupWorkspace.Publish(workspace["backup.db"], workspace.Final);
                        return workspace.Final;
                    })
                )
        );
        Assert.Equal(24, names.Distinct().Count());
        Assert.Equal(24, Directory.GetFiles(_folder.Path).Select(File.ReadAllText).Distinct().Count());
        Assert.Empty(Directory.GetDirectories(_folder.Path));
    }

    [Fact]
    public void What_is_not_published_is_removed()
    {
        using (var workspace = BackupWorkspace.Take(_folder.Path, "shop_20250301_083022", ".db"))
            _folder.Write(Path.Combine(Path.GetFileName(workspace.Work), "backup.db"), "half");
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Nobody_else_can_read_what_is_written()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows the folder's rights count.");
        using var workspace = BackupWorkspace.Take(_folder.Path, "shop_20250301_083022", ".db");
        Assert.Equal("-rwx------"[1..], Mode(workspace.Work));
        File.WriteAllText(workspace["backup.db"], "data");
        BackupWorkspace.Publish(workspace["backup.db"], workspace.Final);
        BackupManifestFile.Write(BackupManifestFile.PathOf(workspace.Final), Manifest);
        Assert.Equal("rw-------", Mode(workspace.Final));
        Assert.Equal("rw-------", Mode(BackupManifestFile.PathOf(workspace.Final)));
    }

    [Fact]
    public void What_a_killed_one_left_is_removed_and_what_is_being_written_is_not()
    {
        _folder.Write("shop_20250101_000000.db.partial/backup.db", "half");
        _folder.Write("shop_20250101_000000.db.partial/.lock", "");
        _folder.Write("notes.partial/mine.txt", "not ours");
        using var running = BackupWorkspace.Take(_folder.Path, "shop_20250102_000000", ".db");
        using var workspace = BackupWorkspace.Take(_folder.Path, "shop_20250301_083022", ".db");
        Assert.Empty(workspace.RemoveLeftovers());
        Assert.Equal(
            ["notes.partial", "shop_20250102_000000.db.partial", "shop_20250301_083022.db.partial"],
            Directory.GetDirectories(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void A_manifest_comes_back_as_it_was_written()
    {
        var path = _folder["shop.db.manifest.json"];
        BackupManifestFile.Write(path, Manifest);
        var (read, problem) = BackupManifestFile.Read(path);
        Assert.Null(problem);
        Assert.Equal(Manifest.Tables, read!.Tables);
        Assert.Equal(Manifest.Proof!.Questions, read.Proof!.Questions);
        Assert.Equal(Manifest with { Tables = read.Tables, Proof = read.Proof }, read);
    }

    [Theory]
    [InlineData("", "is damaged")]
    [InlineData("{", "is damaged")]
    [InlineData("null", "is empty")]
    [InlineData("{}", "is damaged")]
    [InlineData("[1]", "is damaged")]
    [InlineData("not json", "is damaged")]
    public void A_damaged_manifest_is_told_and_not_thrown(string text, string expected)
    {
        var (manifest, problem) = BackupManifestFile.Read(_folder.Write("x.manifest.json", text));
        Assert.Null(manifest);
        Assert.StartsWith(expected, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("durationMs", "1e300")]
    [InlineData("tables", "null")]
    [InlineData("tables", "[null]")]
    [InlineData("tables", "[{\"table\":null}]")]
    [InlineData("tables", "[{\"table\":\"t\"},{\"table\":\"t\"}]")]
    [InlineData("file", "null")]
    [InlineData("database", "null")]
    [InlineData("sha256", "null")]
    public async Task What_no_backup_has_is_damage_and_the_others_are_listed_all_the_same(string field, string value)
    {
        _folder.Write("good_20250301_083022.db", "data");
        BackupManifestFile.Write(_folder["good_20250301_083022.db.manifest.json"], Manifest);
        var json = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(_folder["good_20250301_083022.db.manifest.json"]))!;
        json[field] = System.Text.Json.Nodes.JsonNode.Parse(value);
        _folder.Write("bad_20250301_083022.db", "data");
        _folder.Write("bad_20250301_083022.db.manifest.json", json.ToJsonString());
        var listed = await new BackupCatalogue([]).ReadAsync(_folder.Path);
        Assert.Contains(
            "Its manifest is damaged",
            listed.Single(b => b.Path.Contains("bad_", StringComparison.Ordinal)).Problem,
            StringComparison.Ordinal
        );
        Assert.Equal(2, listed.Count);
    }

    [Fact]
    public void A_manifest_of_a_newer_version_is_not_guessed_at()
    {
        var path = _folder["x.manifest.json"];
        BackupManifestFile.Write(path, Manifest with { ManifestVersion = 2 });
        Assert.Equal("was written by a newer version of this tool", BackupManifestFile.Read(path).Problem);
    }

    [Fact]
    public async Task The_hash_of_a_folder_is_of_names_and_contents()
    {
        _folder.Write("a/1.dat", "one");
        _folder.Write("a/sub/2.dat", "two");
        var (size, hash) = await BackupHash.ComputeAsync(_folder["a"], read: null, CancellationToken.None);
        Assert.Equal(6, size);
        File.Move(_folder["a/1.dat"], _folder["a/3.dat"]);
        Assert.NotEqual(hash, (await BackupHash.ComputeAsync(_folder["a"], read: null, CancellationToken.None)).Sha256);
        File.Move(_folder["a/3.dat"], _folder["a/1.dat"]);
        Assert.Equal(hash, (await BackupHash.ComputeAsync(_folder["a"], read: null, CancellationToken.None)).Sha256);
        _folder.Write("a/sub/2.dat", "tvo");
        Assert.NotEqual(hash, (await BackupHash.ComputeAsync(_folder["a"], read: null, CancellationToken.None)).Sha256);
    }

    [Fact]
    public async Task The_hash_of_a_file_is_its_sha256()
    {
        var path = _folder.Write("a", new string('a', 3_000_000));
        var expected = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))).ToLowerInvariant();
        Assert.Equal((3_000_000, expected), await BackupHash.ComputeAsync(path, read: null, CancellationToken.None));
    }

    [Fact]
    public async Task Compression_gives_back_what_it_was_given()
    {
        var path = _folder.Write("a", string.Concat(Enumerable.Range(0, 100_000)));
        await BackupCompression.CompressAsync(path, _folder["a.gz"], CancellationToken.None);
        Assert.True(BackupCompression.IsCompressed(_folder["a.gz"]));
        await BackupCompression.ExpandAsync(_folder["a.gz"], _folder["b"], limit: null, CancellationToken.None);
        Assert.Equal(await File.ReadAllBytesAsync(path), await File.ReadAllBytesAsync(_folder["b"]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(1000)]
    public async Task A_compressed_file_that_is_cut_off_is_found(int missing)
    {
        await BackupCompression.CompressAsync(
            _folder.Write("a", string.Concat(Enumerable.Range(0, 100_000))),
            _folder["a.gz"],
            CancellationToken.None
        );
        using (var file = File.OpenWrite(_folder["a.gz"]))
            file.SetLength(file.Length - missing);
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            BackupCompression.ExpandAsync(_folder["a.gz"], _folder["b"], limit: null, CancellationToken.None)
        );
        Assert.Equal(ErrorId.BackupInvalid, error.Id);
    }

    private static BackupManifest Manifest =>
        new()
        {
            ManifestVersion = BackupManifest.CurrentVersion,
            File = "shop.db",
            Database = "/data/shop.db",
            Engine = "any",
            EngineVersion = "1.0",
            Format = BackupFormat.Native,
            CreatedAt = new DateTimeOffset(2025, 3, 1, 8, 30, 22, TimeSpan.Zero),
            Size = 4,
            Sha256 = "ab",
            SchemaFingerprint = "cd",
            HistoryTable = "migration_journal",
            Tables = [new TableContent("täble \"x\"", 3, "ef"), new TableContent("y", null)],
            Host = "here",
            ToolVersion = "0.1.0",
            Proof = new BackupProof
            {
                Proven = true,
                At = new DateTimeOffset(2025, 3, 2, 0, 0, 0, TimeSpan.Zero),
                How = "restored",
                Host = "there",
                ToolVersion = "0.1.0",
                Sha256 = "ab",
                Questions = [new ProofQuestion("rows", CheckStatus.Pass, "All there.")],
            },
        };

    private static string Mode(string path)
    {
        var mode = OperatingSystem.IsWindows() ? 0 : (int)File.GetUnixFileMode(path);
        return string.Concat(Enumerable.Range(0, 9).Select(i => (mode & (1 << (8 - i))) != 0 ? "rwx"[i % 3] : '-'));
    }
}
