using Migrations.Folders;
using Migrations.Testing;

namespace Migrations.Bench;

/// <summary>Reading and checking a large folder.</summary>
internal static class FolderBench
{
    private const int Files = 4000;

    public static void Run(Report report)
    {
        using var place = new TemporaryFolder();
        var folder = Workload.WriteFolder(place, Files / 2);
        var times = new List<double>();
        for (var round = -Measure.WarmUps; round < Measure.Rounds; round++)
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            if (MigrationFolderReader.Read(folder, new FolderOptions(), CancellationToken.None).Migrations.Count != Files / 2)
                throw new InvalidOperationException("The folder was not read in full.");
            if (round >= 0)
                times.Add(watch.Elapsed.TotalMilliseconds);
        }

        Console.WriteLine("Folder");
        report.Time($"{Files} files read and checked", times, limit: 300);
    }
}
