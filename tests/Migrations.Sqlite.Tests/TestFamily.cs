namespace Migrations.Sqlite.Tests;

/// <summary>A table, its children, and the way to make the table again that keeps both.</summary>
internal static class TestFamily
{
    public const string Rebuild = """
        CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT);
        INSERT INTO users_new SELECT id, name FROM users;
        DROP TABLE users;
        ALTER TABLE users_new RENAME TO users;
        """;

    /// <summary>Two users with three posts.</summary>
    /// <param name="onDelete">What becomes of the posts of a user that is deleted.</param>
    public static string Of(string onDelete) =>
        $"""
            CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT);
            CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id) ON DELETE {onDelete}, title TEXT);
            INSERT INTO users VALUES (1, 'a', 'a@x'), (2, 'b', 'b@x');
            INSERT INTO posts VALUES (10, 1, 'p'), (11, 1, 'q'), (12, 2, 'r');
            """;

    /// <summary>And a third user, with the name of the first.</summary>
    public static string WithNamesake(string onDelete) => Of(onDelete) + "\nINSERT INTO users VALUES (3, 'a', 'a@x');";
}
