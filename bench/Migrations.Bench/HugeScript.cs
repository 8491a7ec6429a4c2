using System.Globalization;

namespace Migrations.Bench;

/// <summary>Scripts of 200 MB: batches of INSERT, one literal of 10 MB, bodies; on PostgreSQL half of it COPY data.</summary>
internal static class HugeScript
{
    private const long Size = 200_000_000;

    public static void WriteSqlite(string path)
    {
        using var script = new StreamWriter(path) { NewLine = "\n" };
        script.Write(
            "BEGIN;\nCREATE TABLE big (id INTEGER PRIMARY KEY, name TEXT, body TEXT, amount REAL);\nCREATE TABLE texts (t TEXT);\n"
        );
        script.Write("CREATE TRIGGER gone AFTER DELETE ON big BEGIN INSERT INTO texts VALUES ('x;y'); DELETE FROM texts; END;\n");
        WriteLiteral(script);
        WriteInserts(script, Size);
        script.Write("COMMIT;\n");
    }

    public static void WritePostgreSql(string path)
    {
        using var script = new StreamWriter(path) { NewLine = "\n" };
        script.Write(
            "CREATE TABLE big (id integer PRIMARY KEY, name text, body text, amount float8);\nCREATE TABLE texts (t "
                + "text);\nCREATE TABLE copied (id integer, name text, body text);\n"
        );
        script.Write("CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN\n");
        for (var i = 0; i < 20_000; i++)
            script.Write("-- a comment; with 'quotes' in it\n");
        script.Write("RETURN 1; END $$;\n");
        WriteLiteral(script);
        WriteInserts(script, Size / 2);
        script.Write("COPY copied (id, name, body) FROM stdin;\n");
        for (var i = 0; script.BaseStream.Position < Size; i++)
            script.Write(
                string.Create(CultureInfo.InvariantCulture, $"{i}\tname of row {i}\tsome text that is neither short nor long, number {i}\n")
            );
        script.Write("\\.\n");
    }

    private static void WriteLiteral(StreamWriter script)
    {
        script.Write("INSERT INTO texts VALUES ('");
        for (var i = 0; i < 10 * 65536; i++)
            script.Write("0123456789abcde\n");
        script.Write("');\n");
    }

    private static void WriteInserts(StreamWriter script, long until)
    {
        var id = 0;
        while (script.BaseStream.Position < until)
        {
            script.Write("INSERT INTO big VALUES");
            for (var row = 0; row < 100; row++, id++)
                script.Write(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{(row == 0 ? "\n" : ",\n")}({id}, 'name of row {id}', 'some text that is neither short nor long, number "
                            + $"{row}', {row}.5)"
                    )
                );
            script.Write(";\n");
        }
    }
}
