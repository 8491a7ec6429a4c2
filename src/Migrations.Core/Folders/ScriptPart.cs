namespace Migrations.Folders;

/// <summary>A part of a file while it is read: what stands before the sections, or one of them, or all.</summary>
internal sealed class ScriptPart
{
    public required long Offset { get; init; }

    public required int FirstLine { get; init; }

    public required HeaderBuilder Header { get; init; }

    /// <summary>Whether environment variables are put in from its first line on.</summary>
    public bool VariablesAtStart { get; init; }

    /// <summary>Whether they are put in anywhere in it.</summary>
    public bool HasVariables { get; set; }

    /// <summary>Whether <c>${</c> is in it.</summary>
    public bool HasReference { get; set; }

    /// <summary>Whether Drizzle's separator of statements is in it.</summary>
    public bool HasBreakpoint { get; set; }

    public long Length { get; set; }

    public string Checksum { get; set; } = "";

    public bool IsEmpty { get; set; }

    /// <summary>The line of its first statement; 0 when it is empty.</summary>
    public int StatementLine { get; set; }

    /// <summary>Whether its marker says that it does not run in a transaction.</summary>
    public bool IsOutside { get; set; }

    /// <summary>Further sections of the same half, in the order of the file.</summary>
    public List<ScriptPart> Further { get; } = [];

    /// <summary>The last section of its half, whose header holds what all of them say.</summary>
    public ScriptPart Last => Further.Count > 0 ? Further[^1] : this;

    /// <summary>All sections of some halves.</summary>
    public static IEnumerable<ScriptPart> All(params ScriptPart?[] halves)
    {
        foreach (var half in halves)
        {
            if (half is null)
                continue;
            yield return half;
            foreach (var further in half.Further)
                yield return further;
        }
    }

    /// <summary>The script that it is.</summary>
    /// <param name="file">The file that it stands in.</param>
    /// <param name="kept">Its bytes; null when they are read again.</param>
    public MigrationScript ToScript(string file, byte[]? kept = null) =>
        new()
        {
            File = file,
            Offset = Offset,
            Length = Length,
            FirstLine = FirstLine,
            Checksum = Checksum,
            IsEmpty = IsEmpty && Further.TrueForAll(p => p.IsEmpty),
            Header = Last.Header.Header,
            HasReference = HasReference || Further.Exists(p => p.HasReference),
            Kept = kept,
        };
}
