namespace Migrations.Fixtures.Makers;

/// <summary>The fixtures' migrations, for the tools whose migrations are no files of SQL.</summary>
internal static class Shop
{
    /// <summary>Their names and statements, in order.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<string> Statements)> Migrations { get; } =
    [
        ("artists", ["CREATE TABLE artists (id integer PRIMARY KEY, name text NOT NULL);"]),
        (
            "albums",
            [
                "CREATE TABLE albums (id integer PRIMARY KEY, artist_id integer NOT NULL REFERENCES artists (id), title text NOT NULL);",
                "CREATE INDEX albums_by_artist ON albums (artist_id);",
            ]
        ),
        (
            "tracks",
            ["CREATE TABLE tracks (id integer PRIMARY KEY, album_id integer NOT NULL REFERENCES albums (id), title text NOT NULL);"]
        ),
    ];

    /// <summary>The moments in the names of files.</summary>
    public static IReadOnlyDictionary<string, string> Moments { get; } =
        new Dictionary<string, string>
        {
            ["artists"] = "20240115103022",
            ["albums"] = "20240115103023",
            ["tracks"] = "20240115103024",
        };
}
