namespace Migrations.Adoption;

/// <summary>How a file compares with the checksum that another tool recorded.</summary>
public enum ContentMatch
{
    /// <summary>The tool recorded none.</summary>
    Unknown,

    /// <summary>It is the same.</summary>
    Same,

    /// <summary>Only line ends, white space at the end of lines or of the file, or a byte order mark differ.</summary>
    Cosmetic,

    /// <summary>The text was edited since.</summary>
    Different,
}
