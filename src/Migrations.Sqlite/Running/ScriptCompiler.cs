using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Compiles the statements of a script that is read piece by piece.</summary>
internal static unsafe class ScriptCompiler
{
    /// <summary>
    /// Compiles the next statement of a window. One that the window cuts is compiled again with more text: what is cut may still compile,
    /// and mean something else.
    /// </summary>
    /// <returns>SQLite's code.</returns>
    public static int Compile(SqliteHandle handle, ScriptWindow window, out nint statement, out int length)
    {
        while (true)
        {
            nint compiled;
            var tail = window.Start;
            var code = handle.Api.Prepare(handle.Pointer, window.Start, -1, &compiled, &tail);
            (statement, length) = (compiled, (int)(tail - window.Start));
            if (window.IsComplete || !IsCut(window.Text, length, code))
                return code;
            _ = handle.Api.FinalizeStatement(statement);
            _ = window.Grow();
        }
    }

    /// <summary>
    /// Whether the window cuts a statement: SQLite stops behind the last token that it took, or before one that it cannot read, such as a
    /// literal without its end.
    /// </summary>
    private static bool IsCut(ReadOnlySpan<byte> text, int length, int code) =>
        length >= text.Length || (code != SqliteCodes.Ok && length + SqliteLexer.Scan(text[length..], out _, out _) >= text.Length);
}
