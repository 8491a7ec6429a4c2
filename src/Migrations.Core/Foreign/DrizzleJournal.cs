using System.Text.Json;

namespace Migrations.Foreign;

/// <summary>Drizzle's <c>meta/_journal.json</c>: the moment of each migration, which is all that its table knows it by besides its
/// hash.</summary>
internal static class DrizzleJournal
{
    /// <summary>The moments (milliseconds since 1970) by the names of the files; empty where there is no journal.</summary>
    /// <param name="folder">The migration folder.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.FileUnreadable"/>: it is no such journal.</exception>
    public static IReadOnlyDictionary<string, long> Read(string folder)
    {
        var path = Path.Combine(folder, "meta", "_journal.json");
        var moments = new Dictionary<string, long>(StringComparer.Ordinal);
        if (!File.Exists(path))
            return moments;
        try
        {
            using var journal = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (var entry in journal.RootElement.GetProperty("entries").EnumerateArray())
                moments[entry.GetProperty("tag").GetString() ?? ""] = entry.GetProperty("when").GetInt64();
            return moments;
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            throw new MigrationException(
                ErrorId.FileUnreadable,
                $"The file is no journal of Drizzle's: {e.Message}",
                "Restore it from version control, or write it again with 'drizzle-kit generate'.",
                e
            )
            {
                Location = new ScriptLocation(path, 1),
            };
        }
    }
}
