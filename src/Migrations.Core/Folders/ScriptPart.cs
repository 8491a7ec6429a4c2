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

    public long Length { get; set; }

    public string Checksum { get; set; } = "";

    public bool IsEmpty { get; set; }

    /// <summary>The line of its first statement; 0 when it is empty.</summary>
    public int StatementLine { get; set; }

    public MigrationScript ToScript(string file) =>
        new()
        {
            File = file,
            Offset = Offset,
            Length = Length,
            FirstLine = FirstLine,
            Checksum = Checksum,
            IsEmpty = IsEmpty,
            Header = Header.Header,
            HasReference = HasReference,
        };
}
